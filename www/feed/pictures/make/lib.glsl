#version 300 es
// Noise, sky and small helpers shared by every scene. A scene defines `vec3 scene(vec2 p)`, p with y up, 0 in the middle, height 1.
precision highp float;
out vec4 outColor;
uniform vec2 size;
uniform float variant;

float hash1(float n) { return fract(sin(n * 127.1 + 11.7) * 43758.5453); }
float hash2(vec2 p) {
  vec3 q = fract(vec3(p.xyx) * 0.1031);
  q += dot(q, q.yzx + 33.33);
  return fract((q.x + q.y) * q.z);
}
float noise(vec2 p) {
  vec2 i = floor(p), f = fract(p);
  f = f * f * (3.0 - 2.0 * f);
  return mix(mix(hash2(i), hash2(i + vec2(1, 0)), f.x), mix(hash2(i + vec2(0, 1)), hash2(i + vec2(1, 1)), f.x), f.y);
}
float noise3(vec3 p) {
  float z = floor(p.z), f = fract(p.z);
  f = f * f * (3.0 - 2.0 * f);
  return mix(noise(p.xy + z * 37.3), noise(p.xy + (z + 1.0) * 37.3), f);
}
const mat2 turn = mat2(0.8, 0.6, -0.6, 0.8);
float fbm(vec2 p, int octaves) {
  float sum = 0.0, amount = 0.5;
  for (int i = 0; i < octaves; i++) {
    sum += amount * noise(p);
    p = turn * p * 2.03 + 17.0;
    amount *= 0.5;
  }
  return sum;
}
float fbm3(vec3 p, int octaves) {
  float sum = 0.0, amount = 0.5;
  for (int i = 0; i < octaves; i++) {
    sum += amount * noise3(p);
    p = p * 2.03 + 9.1;
    p.xy = turn * p.xy;
    amount *= 0.5;
  }
  return sum;
}
// Ridged noise: mountain crests, foam streaks, lightning.
float ridged(vec2 p, int octaves) {
  float sum = 0.0, amount = 0.5;
  for (int i = 0; i < octaves; i++) {
    float n = 1.0 - abs(2.0 * noise(p) - 1.0);
    sum += amount * n * n;
    p = turn * p * 2.07 + 3.0;
    amount *= 0.5;
  }
  return sum;
}
float box(vec2 p, vec2 half_size) {
  vec2 d = abs(p) - half_size;
  return length(max(d, 0.0)) + min(max(d.x, d.y), 0.0);
}
float box3(vec3 p, vec3 half_size) {
  vec3 d = abs(p) - half_size;
  return length(max(d, 0.0)) + min(max(d.x, max(d.y, d.z)), 0.0);
}
float capsule(vec3 p, vec3 a, vec3 b, float ra, float rb) {
  vec3 pa = p - a, ba = b - a;
  float h = clamp(dot(pa, ba) / dot(ba, ba), 0.0, 1.0);
  return length(pa - ba * h) - mix(ra, rb, h);
}
float smin(float a, float b, float k) {
  float h = clamp(0.5 + 0.5 * (b - a) / k, 0.0, 1.0);
  return mix(b, a, h) - k * h * (1.0 - h);
}
mat2 rotate(float a) { return mat2(cos(a), sin(a), -sin(a), cos(a)); }
vec3 scene(vec2 p);
void main() {
  // Four samples a pixel: photographs have no stair steps.
  vec3 sum = vec3(0.0);
  for (int i = 0; i < 4; i++) {
    vec2 at = gl_FragCoord.xy + vec2(float(i & 1), float(i >> 1)) * 0.5 - 0.25;
    sum += clamp(scene((at - 0.5 * size) / size.y), 0.0, 1.0);
  }
  float grain = (hash2(gl_FragCoord.xy) - 0.5) * 0.025;
  outColor = vec4(sum / 4.0 + grain, 1.0);
}
