// Mountains over a still lake in the morning.
float peaks(vec2 q) {
  float base = 1.9 * ridged(q * 0.16 + 4.0, 3) + 0.55 * ridged(q * 0.55, 4) - 0.7;
  return base * smoothstep(2.0, 9.0, q.y) * 3.4 - 0.35;
}
float fine(vec2 q) { return peaks(q) + 0.35 * ridged(q * 1.9 + 2.0, 4) * smoothstep(2.0, 9.0, q.y) - 0.1; }
vec3 heaven(vec3 d) {
  vec3 colour = mix(vec3(0.93, 0.83, 0.72), vec3(0.24, 0.48, 0.8), smoothstep(0.0, 0.42, d.y));
  float c = fbm(d.xz / (d.y + 0.12) * 0.8 + 3.0, 6);
  return mix(colour, vec3(1.0, 0.97, 0.94), smoothstep(0.48, 0.8, c) * 0.85);
}
vec3 look(vec3 o, vec3 d) {
  float t = 2.0;
  bool hit = false;
  for (int i = 0; i < 130; i++) {
    vec3 p = o + d * t;
    float h = p.y - peaks(p.xz) - 0.2;
    if (h < 0.004 * t) { hit = true; break; }
    if (t > 45.0 || p.y > 9.0) break;
    t += max(0.02, h * 0.4);
  }
  if (!hit) return heaven(d);
  vec3 p = o + d * t;
  vec2 e = vec2(0.012 * t * 0.3 + 0.01, 0.0);
  vec3 n = normalize(vec3(fine(p.xz - e) - fine(p.xz + e), 2.0 * e.x, fine(p.xz - e.yx) - fine(p.xz + e.yx)));
  vec3 sun = normalize(vec3(-0.75, 0.42, -0.2));
  float light = max(dot(n, sun), 0.0);
  vec3 rock = mix(vec3(0.3, 0.27, 0.25), vec3(0.5, 0.45, 0.4), fbm(p.xz * 3.0 + p.y * 4.0, 4));
  vec3 wood = vec3(0.08, 0.15, 0.07) * (0.6 + 0.9 * noise(p.xz * 9.0));
  vec3 base = mix(wood, rock, smoothstep(0.6, 1.5, p.y + 0.9 * (fbm(p.xz * 1.4, 3) - 0.5)));
  base = mix(base, vec3(0.93, 0.95, 1.0), smoothstep(0.35, 0.6, n.y) * smoothstep(1.7, 2.5, p.y + 1.2 * (fbm(p.xz * 1.1 + 6.0, 4) - 0.5)));
  vec3 colour = base * (light * vec3(1.35, 1.15, 0.95) + vec3(0.2, 0.25, 0.34));
  return mix(colour, vec3(0.72, 0.75, 0.8), 1.0 - exp(-pow(t * 0.03, 1.5)));
}
vec3 scene(vec2 p) {
  vec3 o = vec3(0.0, 0.55, -1.5), d = normalize(vec3(p.x, p.y + 0.09, 1.35)), colour;
  if (d.y > 0.0) colour = look(o, d);
  else {
    float t = -o.y / d.y;
    vec3 at = o + d * t;
    float r = (fbm(at.xz * vec2(1.0, 6.0), 4) - 0.47) * 0.035;
    // From the eye's own place: so far away the parallax of the mirror image does not show.
    colour = look(o, normalize(vec3(d.x + r, -d.y * 1.1 + 0.01 + 0.5 * r, d.z))) * vec3(0.74, 0.82, 0.86);
    vec3 bed = vec3(0.16, 0.2, 0.16) * (0.6 + 0.8 * noise(at.xz * 9.0) * step(0.4, noise(at.xz * 3.5)));
    colour = mix(colour, bed, smoothstep(-0.16, -0.48, p.y) * 0.75);
  }
  // Stones and grass at the near shore.
  float bank = -0.36 + 0.05 * sin(p.x * 3.0 + 0.6) + 0.05 * (fbm(vec2(p.x * 9.0, 1.0), 4) - 0.5) - 0.12 * smoothstep(0.5, -0.3, p.x);
  if (p.y < bank) {
    colour = vec3(0.1, 0.09, 0.08);
    for (int k = 0; k < 3; k++) {
      vec2 q = rotate(0.4 * float(k) + 0.2) * p * vec2(11.0, 19.0) * (1.0 + 0.8 * float(2 - k) * 0.5) + float(k) * 3.7;
      vec2 id = floor(q), off = fract(q) - 0.5 - 0.45 * (vec2(hash2(id), hash2(id + 3.0)) - 0.5);
      float stone = 0.22 + 0.2 * hash2(id + 8.0) - length(off) - 0.08 * (noise(q * 4.0) - 0.5);
      vec3 face = (vec3(0.22, 0.2, 0.18) + 0.3 * hash2(id + 1.0)) * (0.55 + 0.8 * fbm(q * 3.0, 3)) * (0.8 - 0.9 * off.x + 0.7 * off.y);
      colour = mix(colour, vec3(0.04), smoothstep(-0.12, 0.02, stone) * 0.6);
      colour = mix(colour, face, smoothstep(0.0, 0.03, stone));
    }
  }
  return pow(colour, vec3(0.95));
}
