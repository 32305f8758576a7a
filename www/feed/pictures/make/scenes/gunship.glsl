// A thermal camera's oblique view of a convoy on a country road at night (white is hot), in the manner of a gunship simulator.
float roadCentre(float x) { return 0.24 * sin(x * 0.85 + 0.4) + 0.13 * x; }
float fields(vec2 q) {
  vec2 cell = vec2(floor(q.x * 1.1 + 0.25 * floor(q.y * 1.6)), floor(q.y * 1.6));
  return hash2(cell + 4.0);
}
vec3 scene(vec2 p) {
  float depth = 1.0 / (1.28 - 0.62 * p.y);
  vec2 q = rotate(0.35) * (vec2(p.x, p.y * 1.35) * depth * 2.6) + vec2(0.3, 0.2);
  float value = 0.22 + 0.34 * fbm(q * 2.4, 6) + 0.16 * (fields(q) - 0.5);
  float rows = sin((q.x * 0.3 + q.y) * 70.0) * step(0.55, fields(q + 7.0)) * 0.035;
  value += rows;
  float ditch = fbm(q * vec2(1.5, 5.0) + 20.0, 4);
  value -= 0.18 * smoothstep(0.56, 0.64, ditch);
  // Trees: warm crowns with a cold shadow to the lower right.
  for (int k = 0; k < 2; k++) {
    float scale = k == 0 ? 6.0 : 11.0;
    vec2 id = floor(q * scale);
    vec2 at = fract(q * scale) - 0.5 - 0.5 * (vec2(hash2(id), hash2(id + 9.0)) - 0.5);
    float grove = smoothstep(0.46, 0.6, fbm(id / scale * 1.3 + 3.0, 3));
    if (hash2(id + 31.0) < grove * 0.95 && abs(q.y - roadCentre(q.x)) > 0.2) {
      float radius = 0.2 + 0.14 * hash2(id + 5.0);
      value = mix(value, 0.1, 0.75 * smoothstep(radius, radius - 0.15, length(at - vec2(0.14, -0.12))));
      float crown = length(at) + 0.12 * (noise(q * scale * 7.0) - 0.5);
      value = mix(value, 0.5 + 0.3 * noise(q * scale * 6.0), smoothstep(radius, radius - 0.1, crown));
    }
  }
  // The road still holds the day's heat; wheel tracks are darker.
  float off = q.y - roadCentre(q.x);
  float road = smoothstep(0.125, 0.105, abs(off));
  value = mix(value, 0.63 + 0.07 * fbm(q * 14.0, 3) - 0.06 * smoothstep(0.03, 0.0, abs(abs(off) - 0.05)), road);
  float sidetrack = smoothstep(0.05, 0.035, abs(q.x + 0.35 * q.y - 0.75 + 0.08 * sin(q.y * 3.0)));
  value = mix(value, 0.56, sidetrack * (1.0 - road) * 0.8);
  // Farm buildings: warm roof, bright wall, black shadow.
  for (int i = 0; i < 6; i++) {
    float f = float(i);
    vec2 at = rotate(0.5 * hash1(f) + 0.2) * (q - vec2(-1.35 + 0.36 * f + 0.12 * hash1(f + 3.0), roadCentre(f * 0.3) + (i % 2 == 0 ? 0.48 : -0.5)));
    vec2 room = vec2(0.08 + 0.06 * hash1(f + 8.0), 0.06);
    value = mix(value, 0.05, smoothstep(0.012, 0.0, box(at - vec2(0.05, -0.045), room)));
    value = mix(value, at.y > 0.0 ? 0.44 : 0.6, smoothstep(0.008, 0.0, box(at, room)));
    value = mix(value, 0.88, smoothstep(0.008, 0.0, box(at - vec2(0.0, -room.y), vec2(room.x, 0.014))));
  }
  // Vehicles: hot bonnet, cooler body, dark windows, a plume behind.
  for (int i = 0; i < 11; i++) {
    float f = float(i);
    float x = -1.75 + f * 0.3 + 0.1 * hash1(f);
    float slope = 0.204 * cos(x * 0.85 + 0.4) + 0.13;
    vec2 at = rotate(-atan(slope)) * (q - vec2(x, roadCentre(x) + (hash1(f + 2.0) - 0.5) * 0.09));
    vec2 hull = vec2(0.062 + 0.03 * step(0.6, hash1(f + 4.0)), 0.027);
    value = mix(value, 0.12, 0.8 * smoothstep(0.012, 0.0, box(at - vec2(0.016, -0.026), hull)));
    float body = smoothstep(0.008, 0.0, box(at, hull) - 0.004);
    float heat = 0.78 + 0.22 * smoothstep(-0.02, 0.05, at.x) - 0.4 * smoothstep(0.006, 0.0, box(at + vec2(0.01, 0.0), vec2(0.008, 0.018)));
    value = mix(value, heat, body);
    value += 0.16 * exp(-length(at * vec2(1.0, 1.6)) * 13.0);
  }
  // People who left the vehicles.
  for (int i = 0; i < 16; i++) {
    float f = float(i);
    vec2 at = q - vec2(-0.7 + 1.4 * hash1(f + 50.0), roadCentre(0.1) + 0.17 + 0.28 * hash1(f + 70.0));
    value = mix(value, 1.0, smoothstep(0.014, 0.007, length(at * vec2(1.0, 0.75))));
  }
  value *= 0.95 + 0.05 * sin(gl_FragCoord.y * 1.57);
  value *= 1.0 - 0.55 * dot(p * vec2(0.62, 0.9), p * vec2(0.62, 0.9));
  value += (noise(gl_FragCoord.xy * 0.7) - 0.5) * 0.07;
  return vec3(smoothstep(0.02, 0.98, value) * vec3(0.98, 1.0, 0.97));
}
