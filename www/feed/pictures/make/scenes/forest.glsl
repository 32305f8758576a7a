// Spruce slopes that vanish into mist, layer behind layer.
vec3 scene(vec2 p) {
  vec3 colour = mix(vec3(0.9, 0.89, 0.83), vec3(0.66, 0.74, 0.79), smoothstep(-0.1, 0.5, p.y));
  colour += vec3(0.25, 0.2, 0.1) * exp(-length(p - vec2(-0.35, 0.33)) * 4.0);
  for (int layer = 0; layer < 8; layer++) {
    float f = float(layer), near = (f + 1.0) / 8.0;
    float ridge = 0.34 - 0.11 * f + 0.24 * (fbm(vec2(p.x * (0.9 + 0.12 * f) + f * 13.7, f), 4) - 0.47) + 0.1 * sin(p.x * 2.2 + f * 2.4);
    float top = ridge, tone = 0.5;
    float wide = 0.012 + 0.055 * near * near;
    for (int k = 0; k < 2; k++) {
      float x = p.x / wide + f * 31.0 + float(k) * 0.5, id = floor(x) + 100.0 * float(k);
      float dx = (fract(x) - 0.5) * 2.0;
      float tall = wide * (2.0 + 2.6 * hash1(id + f * 7.0));
      float branch = 0.16 * abs(fract((p.y - ridge) / wide * 2.4 + 0.3 * hash1(id)) - 0.5) * 2.0 + 0.2 * (noise(vec2(x * 6.0, p.y / wide * 5.0)) - 0.5);
      float reach = tall * (1.0 - min(1.0, abs(dx) * (0.8 + 0.4 * hash1(id + 2.0)) + branch * step(0.05, abs(dx))));
      if (ridge - 0.4 * wide + reach > top) { top = ridge - 0.4 * wide + reach; tone = hash1(id + 11.0); }
    }
    if (p.y < top) {
      vec3 tree = mix(vec3(0.09, 0.15, 0.12), vec3(0.17, 0.24, 0.15), tone) * (0.65 + 0.7 * noise(p * 90.0 / (0.3 + near)));
      vec3 haze = mix(vec3(0.84, 0.87, 0.86), vec3(0.55, 0.64, 0.66), near);
      float mist = 0.93 - 0.9 * near + 0.42 * smoothstep(0.0, 0.16, ridge - p.y) * fbm(p * vec2(3.0, 6.0) + f, 4);
      colour = mix(tree, haze, clamp(mist, 0.03, 0.97));
    }
  }
  return colour * (1.03 - 0.3 * dot(p, p));
}
