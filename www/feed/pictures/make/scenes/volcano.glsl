// An ash column with lightning over a town at dusk.
float puff(vec2 p, out vec3 n) {
  // Overlapping round billows; the nearest one to the eye wins.
  float best = -1.0;
  n = vec3(0.0, 0.0, 1.0);
  for (int layer = 0; layer < 4; layer++) {
    float scale = 6.0 * pow(1.7, float(layer));
    vec2 q = p * scale + float(layer) * 5.3;
    vec2 id = floor(q);
    for (int y = -1; y <= 1; y++) for (int x = -1; x <= 1; x++) {
      vec2 cell = id + vec2(x, y);
      vec2 centre = cell + 0.5 + 0.7 * (vec2(hash2(cell), hash2(cell + 40.0)) - 0.5);
      vec2 world = (centre - float(layer) * 5.3) / scale;
      float axis = 0.02 + 0.1 * (world.y + 0.1) * (world.y + 0.1) - 0.05 * sin(world.y * 6.0);
      float wide = 0.06 + 0.34 * pow(max(world.y + 0.06, 0.0), 0.75) + 0.28 * smoothstep(0.2, 0.42, world.y);
      float inside = abs(world.x - axis) / wide;
      if (inside > 1.05 || world.y < -0.09) continue;
      float radius = (0.62 + 0.25 * hash2(cell + 3.0)) * (1.1 - 0.3 * inside);
      vec2 d = q - centre;
      float r = length(d) / radius;
      if (r < 1.0) {
        float bump = sqrt(1.0 - r * r);
        float height = bump * radius / scale + 0.42 * sqrt(max(0.0, 1.1 - inside * inside)) * wide + 0.012 * float(layer);
        if (height > best) {
          best = height;
          n = normalize(vec3(d / radius + vec2((world.x - axis) / wide, 0.1) * 0.7, bump + 0.15));
        }
      }
    }
  }
  return best;
}
float bolt(vec2 p, vec2 a, vec2 b, float seed) {
  vec2 along = b - a;
  float t = clamp(dot(p - a, along) / dot(along, along), 0.0, 1.0);
  vec2 side = normalize(vec2(-along.y, along.x));
  float wander = (fbm(vec2(t * 9.0, seed), 5) - 0.47) * 0.16 * sin(3.14 * t);
  float d = abs(dot(p - a, side) - wander) + max(0.0, length(p - a - along * t) - 0.12);
  return exp(-d * 420.0) + 0.22 * exp(-d * 45.0);
}
vec3 scene(vec2 p) {
  vec3 colour = mix(vec3(0.86, 0.42, 0.24), vec3(0.1, 0.12, 0.26), smoothstep(-0.22, 0.42, p.y + 0.06 * sin(p.x * 2.0)));
  float streak = fbm(vec2(p.x * 1.3, p.y * 9.0), 5);
  colour = mix(colour, vec3(0.35, 0.2, 0.26), smoothstep(0.45, 0.7, streak) * 0.6);
  vec2 w = p + 0.012 * (vec2(fbm(p * 30.0, 3), fbm(p * 30.0 + 5.0, 3)) - 0.5);
  vec3 n;
  float column = puff(w, n);
  if (column > 0.0) {
    float key = max(dot(n, normalize(vec3(-0.8, 0.25, 0.45))), 0.0);
    vec3 ash = vec3(0.12, 0.11, 0.14) + key * vec3(0.62, 0.42, 0.36) + max(-n.y, 0.0) * vec3(0.25, 0.06, 0.02) * smoothstep(0.35, -0.1, p.y);
    ash *= 0.75 + 0.5 * fbm(w * 26.0, 4);
    colour = ash + vec3(1.0, 0.3, 0.06) * 0.9 * exp(-length((p - vec2(0.02, -0.07)) * vec2(1.0, 0.8)) * 9.0);
  }
  float flash = bolt(p, vec2(-0.02, 0.33), vec2(0.09, -0.02), 3.0) + bolt(p, vec2(0.09, 0.2), vec2(0.26, 0.1), 8.0) + bolt(p, vec2(-0.05, 0.22), vec2(-0.19, 0.02), 5.0);
  colour += flash * vec3(0.8, 0.78, 1.0);
  // The mountain, with glowing streams.
  float slope = -0.06 - 0.62 * abs(p.x - 0.01) + 0.26 * p.x * p.x + 0.02 * (fbm(vec2(p.x * 14.0, 2.0), 5) - 0.5);
  slope = min(slope, -0.075 + 0.012 * noise(vec2(p.x * 50.0, 0.0)));
  if (p.y < slope) {
    float gully = ridged(vec2(p.x * 7.0 / (0.35 + slope - p.y + 0.2), (slope - p.y) * 2.5), 5);
    colour = mix(vec3(0.05, 0.05, 0.075), vec3(0.2, 0.14, 0.15), gully * smoothstep(0.1, -0.4, p.x) + 0.15 * gully);
    float path = p.x - 0.02 - 0.05 * sin((p.y + 0.08) * 17.0) - 0.12 * (p.y + 0.08);
    float other = p.x + 0.03 - 0.5 * (p.y + 0.08) - 0.02 * sin(p.y * 40.0);
    float lava = exp(-abs(path) * (110.0 + 500.0 * (slope - p.y))) + 0.8 * exp(-abs(other) * (160.0 + 700.0 * (slope - p.y)));
    colour += lava * vec3(1.0, 0.35, 0.06) * (0.7 + 0.6 * noise(p * 60.0));
  }
  // Town roofs and street lamps on the near plain.
  float ground = -0.3 + 0.02 * (fbm(vec2(p.x * 4.0, 5.0), 4) - 0.5);
  if (p.y < ground) colour = vec3(0.05, 0.055, 0.07) * (0.7 + 0.7 * fbm(p * 20.0, 4));
  for (int row = 0; row < 6; row++) {
    float f = float(row), base = -0.29 - 0.036 * f - 0.006 * f * f, scale = 26.0 - 3.2 * f;
    float x = p.x * scale + f * 7.7, id = floor(x) + f * 71.0, in_x = fract(x) - 0.5;
    float tall = (0.5 + 0.6 * hash1(id)) / scale;
    float roof = tall + 0.35 / scale * (1.0 - 2.0 * abs(in_x));
    float up = p.y - base - 0.008 * hash1(id + 4.0);
    if (up < roof && up > -0.08 && abs(in_x) < 0.45) {
      colour = up > tall ? vec3(0.13, 0.07, 0.065) * (0.8 + 0.4 * step(0.5, fract(x * 12.0))) : mix(vec3(0.09, 0.085, 0.1), vec3(0.2, 0.17, 0.16), hash1(id + 2.0));
      vec2 pane = vec2(fract(x * 3.0), fract(up * scale * 3.2));
      float lit = step(0.3, pane.x) * step(pane.x, 0.75) * step(0.3, pane.y) * step(pane.y, 0.75) * step(hash2(vec2(floor(x * 3.0), floor(up * scale * 3.2) + f)), 0.4) * step(up, tall);
      colour += lit * vec3(1.0, 0.72, 0.35) * 0.9;
    }
    vec2 lamp = vec2(fract(x * 0.5) - 0.98, (p.y - base - 0.6 / scale) * scale * 0.5);
    colour += vec3(1.0, 0.7, 0.35) * 0.5 * exp(-length(lamp) * 22.0);
  }
  return colour * (1.05 - 0.4 * dot(p, p));
}
