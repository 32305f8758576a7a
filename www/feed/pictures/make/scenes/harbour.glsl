// Warehouses on fire at a quay, seen across the water at night.
float sheds(vec2 p) {
  float d = 1e3;
  for (int i = 0; i < 6; i++) {
    float f = float(i);
    vec2 at = p - vec2(-0.72 + 0.29 * f, 0.0);
    float height = 0.075 + 0.05 * hash1(f + 2.0), half_wide = 0.125;
    float roof = height + 0.045 * (1.0 - abs(at.x) / half_wide);
    if (i == 3) roof = height + 0.03 * noise(vec2(at.x * 40.0, 1.0)) - 0.03;
    d = min(d, max(abs(at.x) - half_wide, at.y - roof));
  }
  return d;
}
float crane(vec2 p, float lean) {
  float d = min(abs(p.x), abs(p.x - 0.05)) - 0.004;
  d = max(d, p.y - 0.33);
  d = min(d, max(abs(mod(p.y + p.x * sign(fract(p.y * 10.0) - 0.5), 0.1) - 0.05) - 0.002, max(p.y - 0.33, max(-p.x, p.x - 0.05))));
  vec2 boom = rotate(lean) * (p - vec2(0.02, 0.33));
  d = min(d, box(boom - vec2(-0.1, 0.0), vec2(0.2, 0.005)));
  vec2 rail = rotate(lean + 0.22) * (p - vec2(0.02, 0.33));
  d = min(d, box(rail - vec2(-0.1, 0.03), vec2(0.2, 0.002)));
  d = min(d, box(p - vec2(0.025, 0.34), vec2(0.03, 0.016)));
  return min(d, max(abs(p.x + 0.2) - 0.0015, max(0.16 - p.y, p.y - 0.36)));
}
vec3 shore(vec2 p) {
  vec3 colour = mix(vec3(0.16, 0.08, 0.07), vec3(0.015, 0.02, 0.045), smoothstep(0.0, 0.55, p.y));
  // Smoke leans to the right and is lit from below.
  vec2 q = vec2(p.x - 0.14 - 0.55 * p.y * p.y, p.y);
  vec2 curl = q * 3.4 + vec2(0.0, -1.0);
  curl += 0.75 * vec2(fbm(curl * 1.3 + 2.0, 5), fbm(curl * 1.3 + 9.0, 5));
  float smoke = fbm(curl * 1.6, 6);
  float wide = 0.16 + 0.75 * p.y;
  float body = smoothstep(1.0, 0.25, abs(q.x) / wide) * smoothstep(0.33, 0.58, smoke + 0.12);
  float relief = fbm(curl * 1.6 + vec2(-0.16, 0.2), 6) - smoke;
  vec3 ash = mix(vec3(0.95, 0.42, 0.1), vec3(0.13, 0.1, 0.1), smoothstep(0.02, 0.42, p.y + 0.25 * abs(q.x)));
  ash *= 0.75 + 4.2 * relief;
  colour = mix(colour, max(ash, 0.0), body);
  // Flames.
  float reach = 0.3 * exp(-pow((p.x - 0.13) / 0.26, 2.0)) + 0.1 * exp(-pow((p.x + 0.42) / 0.1, 2.0));
  vec2 lick = vec2(p.x * 7.0, p.y * 3.2);
  lick.x += 0.6 * (fbm(lick * 1.7 + 3.0, 4) - 0.5) + p.y * -1.5;
  float tongue = ridged(lick + vec2(0.0, -2.0), 5);
  float fire = smoothstep(0.0, 1.0, (reach * (0.45 + 1.3 * tongue) - p.y) * 7.0);
  vec3 flame = mix(vec3(0.85, 0.18, 0.02), vec3(1.0, 0.85, 0.4), smoothstep(0.25, 0.95, fire * (0.4 + tongue)));
  colour = mix(colour, flame, fire);
  colour += vec3(1.0, 0.42, 0.1) * 0.35 * exp(-length((p - vec2(0.13, 0.1)) * vec2(0.8, 1.1)) * 3.6);
  float spark = step(0.9965, hash2(floor(rotate(0.4) * p * vec2(210.0, 170.0)))) * smoothstep(0.6, 0.05, length(p - vec2(0.2, 0.22)));
  colour += spark * vec3(1.0, 0.6, 0.2);
  float d = sheds(p);
  if (d < 0.0) {
    float glow = exp(-length(p - vec2(0.14, 0.05)) * 4.0);
    vec3 wall = vec3(0.03, 0.025, 0.028) + vec3(0.3, 0.11, 0.03) * glow * (0.4 + 0.8 * step(0.5, fract(p.x * 90.0)));
    vec2 pane = vec2(p.x * 46.0, p.y * 30.0);
    float opening = step(0.3, fract(pane.x)) * step(fract(pane.x), 0.8) * step(0.35, fract(pane.y)) * step(fract(pane.y), 0.8) * step(p.y, 0.075) * step(0.02, p.y);
    wall = mix(wall, vec3(1.0, 0.62, 0.2) * (0.5 + tongue), opening * smoothstep(0.42, 0.2, abs(p.x - 0.13)));
    wall = mix(wall, vec3(0.35, 0.3, 0.2), opening * 0.3 * step(0.42, abs(p.x - 0.13)));
    colour = wall;
  }
  vec3 steel = vec3(0.035, 0.025, 0.025);
  if (min(crane(p - vec2(-0.42, 0.0), 0.35), crane((p - vec2(0.66, 0.0)) * vec2(1.15, 1.0), 0.1)) < 0.0) colour = steel;
  float quay = p.y - 0.012;
  if (quay < 0.0) colour = vec3(0.02) + vec3(0.4, 0.18, 0.05) * exp(-abs(p.x - 0.13) * 5.0) * step(0.4, fract(p.x * 60.0));
  // A fire boat and its jet.
  vec2 boat = p - vec2(-0.14, 0.006);
  float hull = max(max(abs(boat.x + boat.y * 0.5) - 0.075, boat.y - 0.022), -boat.y);
  hull = min(hull, min(box(boat - vec2(-0.015, 0.035), vec2(0.028, 0.018)), box(boat - vec2(-0.02, 0.065), vec2(0.002, 0.025))));
  if (hull < 0.0) colour = mix(vec3(0.12, 0.03, 0.03), vec3(0.6, 0.55, 0.5), step(0.02, boat.y)) * 0.8;
  float arc = 0.045 + 0.75 * boat.x - 2.1 * boat.x * boat.x;
  float jet = smoothstep(0.012 + 0.05 * boat.x, 0.0, abs(boat.y - arc)) * step(0.02, boat.x) * smoothstep(0.3, 0.1, boat.x);
  return mix(colour, vec3(1.0, 0.8, 0.6), jet * 0.75 * (0.5 + 0.6 * noise(p * 90.0)));
}
vec3 scene(vec2 p) {
  float line = -0.22;
  vec2 up = vec2(p.x, p.y - line);
  if (up.y > 0.0) return shore(up) * (1.05 - 0.3 * dot(p, p));
  float depth = -up.y;
  vec2 wave = vec2(p.x * 2.6, 1.2 / (depth + 0.05));
  float ripple = fbm(wave * vec2(6.0, 2.6), 5) - 0.47;
  vec2 q = vec2(p.x + ripple * 0.12 * (0.2 + depth * 2.0), max(0.004, depth * 1.1 + ripple * 0.2 * (0.1 + depth * 2.0)));
  vec3 colour = shore(q) * (0.85 - 0.9 * depth);
  colour *= 0.55 + 1.3 * smoothstep(-0.14, 0.2, ripple);
  colour += vec3(0.9, 0.4, 0.1) * smoothstep(0.06, 0.2, ripple) * exp(-abs(p.x - 0.13) * 4.0) * 0.4;
  return colour * (1.05 - 0.3 * dot(p, p));
}
