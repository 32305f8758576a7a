// A harbour city at night, mirrored in the water. variant 1 adds the beam and the ring of light that an editor painted in.
vec3 towers(vec2 p, vec3 colour, float layer) {
  float wide = mix(0.055, 0.095, layer / 3.0);
  float x = p.x + layer * 0.37;
  float id = floor(x / wide) + layer * 57.0;
  float in_x = fract(x / wide);
  float reach = 0.42 - 0.17 * abs(p.x + 0.1 - 0.2 * layer) - 0.07 * layer;
  float top = (0.28 + 0.95 * pow(hash1(id), 1.6)) * reach;
  float step_back = hash1(id + 5.0) > 0.5 ? 0.03 * step(abs(in_x - 0.5), 0.28) : 0.0;
  top += step_back;
  float spire = hash1(id + 9.0) > 0.72 ? smoothstep(0.035, 0.015, abs(in_x - 0.5)) * 0.09 : 0.0;
  float gap = step(0.05, in_x) * step(in_x, 0.96);
  if (p.y > (top + spire) * gap || p.y < 0.0) return colour;
  vec3 wall = mix(vec3(0.035, 0.045, 0.075), vec3(0.1, 0.095, 0.12), hash1(id + 2.0)) * (1.25 - layer * 0.18);
  wall *= 0.7 + 0.6 * smoothstep(0.3, 1.0, in_x);
  vec2 pane = vec2(in_x * floor(5.0 + 6.0 * hash1(id + 3.0)), p.y * mix(150.0, 105.0, layer / 3.0));
  float on = step(hash2(floor(pane) + id * 3.1), 0.28 + 0.4 * hash1(id + 4.0));
  float lit = on * step(0.2, fract(pane.x)) * step(fract(pane.x), 0.85) * step(0.28, fract(pane.y)) * step(fract(pane.y), 0.85);
  vec3 lamp = mix(vec3(1.0, 0.76, 0.42), vec3(0.75, 0.88, 1.0), step(0.6, hash1(id + 6.0)));
  wall += lit * lamp * (0.35 + 0.75 * hash2(floor(pane) + 5.0)) * step(p.y, top - 0.006);
  float neon = step(0.8, hash1(id + 8.0)) * smoothstep(0.006, 0.002, abs(p.y - top + 0.012));
  return wall + neon * (0.5 + 0.5 * cos(6.28 * (hash1(id + 7.0) + vec3(0.0, 0.35, 0.7)))) * 1.3;
}
vec3 upper(vec2 p) {
  float h = p.y;
  vec2 q = vec2(p.x * 1.3, h * 2.8);
  float c = fbm(q * 2.0 + 0.6 * fbm(q * 3.0, 4) + 11.0, 6);
  vec3 colour = mix(vec3(0.3, 0.2, 0.2), vec3(0.03, 0.045, 0.1), smoothstep(0.0, 0.5, h));
  colour += smoothstep(0.42, 0.75, c) * mix(vec3(0.24, 0.17, 0.16), vec3(0.08, 0.09, 0.14), smoothstep(0.0, 0.5, h));
  colour += step(0.9985, hash2(floor(p * 420.0))) * step(0.2, h) * (1.0 - smoothstep(0.4, 0.5, c)) * 0.7;
  if (variant > 0.5) {
    vec2 at = p - vec2(0.24, 0.5);
    float stream = fbm(vec2(p.x * 46.0, p.y * 3.0), 4);
    float wide = 0.05 + 0.06 * h;
    float beam = exp(-abs(at.x) / wide) * (0.55 + 0.75 * stream);
    colour += beam * vec3(0.25, 1.0, 0.62) * 1.25;
    for (int i = 0; i < 3; i++) {
      float radius = 0.2 + 0.15 * float(i);
      float ring = abs(length(at * vec2(1.0, 2.6)) - radius * (1.0 + 0.12 * (fbm(p * 6.0, 3) - 0.5)));
      colour += exp(-ring * (34.0 - 8.0 * float(i))) * vec3(0.35, 1.0, 0.72) * (0.95 - 0.2 * float(i));
    }
    colour += smoothstep(0.35, 0.7, c) * exp(-length(at * vec2(0.8, 1.3)) * 2.2) * vec3(0.18, 0.75, 0.5) * 1.4;
  }
  for (int layer = 0; layer < 4; layer++) colour = towers(p, colour * (layer > 0 ? 1.0 : 1.0), float(layer));
  if (h < 0.012 && h > 0.0) colour = vec3(0.05) + vec3(1.0, 0.8, 0.5) * smoothstep(0.35, 0.0, abs(fract(p.x * 42.0) - 0.5));
  return colour;
}
vec3 scene(vec2 p) {
  float line = -0.17;
  if (p.y > line) return upper(vec2(p.x, p.y - line)) * (1.08 - 0.35 * dot(p, p));
  float depth = line - p.y;
  vec2 wave = vec2(p.x * 3.0, 1.4 / (depth + 0.04));
  float ripple = fbm(wave * vec2(7.0, 2.2), 5) - 0.47;
  vec2 q = vec2(p.x + ripple * 0.05 * (0.3 + depth * 3.0), depth * (1.15 + 0.25 * ripple) + ripple * 0.13 * (0.15 + depth * 2.0));
  vec3 colour = upper(max(q, vec2(-9.0, 0.0005)));
  vec3 above = upper(vec2(q.x, abs(q.y + 0.035))) * 0.5 + 0.5 * upper(vec2(q.x + 0.004, q.y + 0.08));
  colour = mix(colour, above, 0.6) * (0.8 - 0.5 * smoothstep(0.0, 0.4, depth));
  colour *= 0.7 + 0.75 * smoothstep(-0.12, 0.2, ripple);
  if (variant > 0.5) colour += vec3(0.2, 0.85, 0.5) * exp(-abs(p.x - 0.24 + ripple * 0.12) * 9.0) * (0.75 + 1.6 * ripple);
  return colour * (1.08 - 0.35 * dot(p, p));
}
