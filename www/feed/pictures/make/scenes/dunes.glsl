// Dunes in low sun, with wind ripples and two rows of footprints.
float dune(vec2 q) {
  vec2 w = q + 0.6 * vec2(fbm(q * 0.35, 3), fbm(q * 0.35 + 7.0, 3));
  float a = fract(w.x * 0.21 + 0.3 * sin(w.y * 0.35) + 0.1 * w.y);
  float crest = a < 0.72 ? smoothstep(0.0, 0.72, a) : 1.0 - smoothstep(0.72, 1.0, a);
  return crest * (0.9 + 0.7 * noise(q * 0.2)) + 0.5 * noise(q * 0.16 + 3.0);
}
float ripple(vec2 q) {
  return 0.012 * sin(q.x * 30.0 + 7.0 * fbm(q * 1.2, 3) + q.y * 8.0);
}
vec3 scene(vec2 p) {
  vec3 o = vec3(0.0, 2.9, 0.0), d = normalize(vec3(p.x, p.y - 0.12, 1.2));
  float t = 0.5;
  bool hit = false;
  for (int i = 0; i < 120; i++) {
    vec3 at = o + d * t;
    float h = at.y - dune(at.xz);
    if (h < 0.002 * t) { hit = true; break; }
    if (t > 60.0) break;
    t += max(0.015, h * 0.45);
  }
  vec3 sky = mix(vec3(0.98, 0.74, 0.5), vec3(0.3, 0.5, 0.78), smoothstep(-0.05, 0.5, d.y));
  sky = mix(sky, vec3(1.0, 0.9, 0.8), 0.6 * smoothstep(0.5, 0.75, fbm(vec2(p.x * 2.0 + 1.0, p.y * 9.0), 6)));
  sky += vec3(1.0, 0.75, 0.45) * 0.8 * exp(-length(p - vec2(-0.52, 0.26)) * 7.0) + step(length(p - vec2(-0.52, 0.26)), 0.03);
  if (!hit) return sky;
  vec3 at = o + d * t;
  vec2 e = vec2(0.012 + 0.001 * t, 0.0);
  float fade = exp(-t * 0.09);
  vec3 n = normalize(vec3(dune(at.xz - e) + ripple(at.xz - e) * fade - dune(at.xz + e) - ripple(at.xz + e) * fade, 2.0 * e.x, dune(at.xz - e.yx) + ripple(at.xz - e.yx) * fade - dune(at.xz + e.yx) - ripple(at.xz + e.yx) * fade));
  vec3 sun = normalize(vec3(-0.85, 0.42, 0.5));
  float light = max(dot(n, sun), 0.0);
  for (int i = 1; i < 14; i++) {
    vec3 s = at + sun * float(i) * 0.22;
    light *= smoothstep(-0.02, 0.04, s.y - dune(s.xz));
  }
  vec2 foot = vec2(at.x - 0.9 - 0.5 * sin(at.z * 0.4), fract(at.z * 1.9) - 0.5);
  float print = smoothstep(0.08, 0.05, length((vec2(abs(foot.x) - 0.11, foot.y * 0.4)) * vec2(1.0, 0.8)));
  vec3 sand = mix(vec3(0.83, 0.5, 0.25), vec3(0.95, 0.67, 0.4), fbm(at.xz * 2.0, 4)) * (1.0 - 0.45 * print * fade);
  vec3 colour = sand * (light * vec3(1.25, 1.05, 0.85) + vec3(0.2, 0.2, 0.32));
  return mix(colour, vec3(0.95, 0.76, 0.58), 1.0 - exp(-t * 0.018));
}
