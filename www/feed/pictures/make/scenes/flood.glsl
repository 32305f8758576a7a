// A motorway under brown water, half-sunk cars, a sign gantry, and the flukes of a whale where no whale can be.
float car(vec3 p) {
  float body = box3(p - vec3(0.0, 0.35, 0.0), vec3(0.85, 0.28, 2.0)) - 0.12;
  vec3 c = p - vec3(0.0, 0.95, -0.2);
  c.x *= 1.0 + 0.35 * (c.y + 0.3);
  c.z *= 1.0 + 0.45 * (c.y + 0.3);
  return min(body, box3(c, vec3(0.72, 0.3, 1.15)) - 0.1);
}
float tail(vec3 p) {
  p -= vec3(-1.6, 0.0, 17.0);
  p.xz = rotate(0.35) * p.xz;
  float stem = capsule(p, vec3(0.0, -2.5, 2.2), vec3(0.0, 3.9, 0.0), 1.7, 0.42);
  float x = abs(p.x);
  float lower = 3.0 + 0.22 * x + 0.09 * x * x, upper = 3.85 + 0.92 * (1.0 - exp(-x * 1.5)) + 0.06 * sin(x * 5.0);
  float outline = max(max(lower - p.y, p.y - upper) * 0.65, x - 3.3);
  vec2 w = vec2(outline + 0.1, abs(p.z + 0.12 * x * x) - 0.22 * (1.0 - x / 3.6));
  float lobe = (length(max(w, 0.0)) + min(max(w.x, w.y), 0.0) - 0.1) * 0.7;
  return smin(stem, lobe, 0.5);
}
vec2 nearer(vec2 a, vec2 b) { return a.x < b.x ? a : b; }
vec2 world(vec3 p) {
  vec2 hit = vec2(1e3, 0.0);
  vec3 lamp = vec3(abs(p.x - 1.0) - 10.5, p.y, mod(p.z, 14.0) - 7.0);
  hit = nearer(hit, vec2(min(max(length(lamp.xz) - 0.11, lamp.y - 8.6), capsule(lamp, vec3(0, 8.5, 0), vec3(-2.4, 9.1, 0), 0.09, 0.14)), 1.0));
  hit = nearer(hit, vec2(box3(p - vec3(1.0, 0.1, 60.0), vec3(0.18, 0.45, 57.0)), 2.0));
  vec3 g = p - vec3(1.0, 0.0, 33.0);
  float frame = min(box3(vec3(abs(g.x) - 9.6, g.y - 3.6, g.z), vec3(0.2, 3.6, 0.2)), box3(g - vec3(0, 6.9, 0), vec3(9.6, 0.22, 0.2)));
  hit = nearer(hit, vec2(frame, 1.0));
  hit = nearer(hit, vec2(box3(g - vec3(4.6, 6.5, -0.3), vec3(3.3, 1.25, 0.05)), 3.0));
  hit = nearer(hit, vec2(box3(g - vec3(-4.6, 6.5, -0.3), vec3(3.3, 1.25, 0.05)), 3.0));
  for (int i = 0; i < 6; i++) {
    float f = float(i);
    vec3 c = p - vec3(i % 2 == 0 ? 4.1 + 2.4 * hash1(f) : -5.0 - 1.9 * hash1(f), -0.35 - 0.3 * hash1(f + 3.0), 8.0 + f * 5.2);
    c.xz = rotate(0.5 * (hash1(f + 5.0) - 0.5)) * c.xz;
    c.yz = rotate(0.12 * (hash1(f + 6.0) - 0.5)) * c.yz;
    hit = nearer(hit, vec2(car(c), 10.0 + f));
  }
  hit = nearer(hit, vec2(tail(p), 5.0));
  return hit;
}
vec3 sky(vec3 d) {
  float h = max(d.y, 0.0);
  float clouds = fbm(d.xz / (h + 0.18) * 1.3 + 5.0, 5);
  vec3 colour = mix(vec3(0.78, 0.8, 0.8), vec3(0.42, 0.46, 0.52), smoothstep(0.0, 0.5, h));
  return mix(colour, vec3(0.26, 0.29, 0.34), smoothstep(0.4, 0.75, clouds) * 0.85);
}
vec3 backdrop(vec3 d) {
  float angle = d.x / d.z;
  float trees = 0.035 + 0.05 * fbm(vec2(angle * 9.0, 1.0), 5) + 0.02 * noise(vec2(angle * 160.0, 4.0));
  float hills = 0.1 + 0.08 * fbm(vec2(angle * 2.0, 9.0), 4);
  vec3 colour = sky(d);
  if (d.y < hills) colour = mix(vec3(0.45, 0.5, 0.53), vec3(0.36, 0.41, 0.42), fbm(vec2(angle, d.y) * 40.0, 3));
  if (d.y < trees) colour = vec3(0.13, 0.18, 0.12) * (0.6 + 0.9 * noise(vec2(angle, d.y) * 130.0));
  return colour;
}
vec3 normalAt(vec3 p) {
  vec2 e = vec2(0.01, 0.0);
  return normalize(vec3(world(p + e.xyy).x - world(p - e.xyy).x, world(p + e.yxy).x - world(p - e.yxy).x, world(p + e.yyx).x - world(p - e.yyx).x));
}
vec3 paint(vec3 p, vec3 n, vec3 d, float id) {
  vec3 base = vec3(0.42);
  if (id == 2.0) base = vec3(0.6, 0.59, 0.55) * (0.7 + 0.4 * noise(p.zy * 3.0));
  if (id == 3.0) {
    vec2 q = vec2(p.x - (p.x > 1.0 ? 5.6 : -3.6), p.y - 6.5);
    base = vec3(0.05, 0.27, 0.5);
    float line = step(0.55, noise(vec2(q.x * 9.0, floor(q.y * 2.6)))) * step(abs(fract(q.y * 2.6) - 0.5), 0.24) * step(abs(q.x), 2.7);
    base = mix(base, vec3(0.92), max(line, smoothstep(0.06, 0.03, abs(box(q, vec2(3.15, 1.1))))));
  }
  if (id == 5.0) base = vec3(0.09, 0.11, 0.13) + 0.12 * smoothstep(0.55, 0.75, fbm(p.xy * 2.2, 4));
  if (id >= 10.0) {
    float k = id - 10.0;
    base = 0.25 + 0.5 * cos(6.28 * (hash1(k + 2.0) + vec3(0.0, 0.33, 0.67))) * 0.5 + 0.12;
    base = mix(base * base, vec3(hash1(k) > 0.4 ? 0.72 : 0.1), 0.6);
    if (p.y > 0.28 && abs(n.y) < 0.75) base = vec3(0.05, 0.06, 0.07);
  }
  float light = 0.45 + 0.5 * max(n.y, 0.0) + 0.25 * max(dot(n, normalize(vec3(0.6, 0.4, -0.5))), 0.0);
  float shine = pow(1.0 - abs(dot(n, d)), 3.0);
  return base * light + shine * 0.35 * sky(reflect(d, n));
}
vec3 trace(vec3 o, vec3 d, float limit, out float dist) {
  float t = 0.05;
  vec2 hit = vec2(1.0);
  for (int i = 0; i < 90; i++) {
    hit = world(o + d * t);
    if (hit.x < 0.002 * t || t > limit) break;
    t += hit.x * 0.85;
  }
  dist = t;
  if (t > limit) return backdrop(d);
  vec3 p = o + d * t;
  return mix(paint(p, normalAt(p), d, hit.y), vec3(0.68, 0.71, 0.72), 1.0 - exp(-t * 0.011));
}
vec3 scene(vec2 p) {
  vec3 o = vec3(1.6, 3.4, -4.0), d = normalize(vec3(p.x, p.y - 0.06, 1.15)), colour;
  float dist;
  colour = trace(o, d, 110.0, dist);
  float water = -o.y / d.y;
  if (d.y < 0.0 && water < min(dist, 260.0)) {
    vec3 at = o + d * water;
    float amount = 0.11 / (1.0 + water * 0.03);
    vec2 e = vec2(0.05, 0.0), q = at.xz * vec2(0.9, 0.6);
    float ring = sin(length(at.xz - vec2(-1.6, 17.0)) * 2.6) * exp(-length(at.xz - vec2(-1.6, 17.0)) * 0.16) * 0.5;
    vec2 slope = vec2(fbm(q + e, 5) - fbm(q - e, 5), fbm(q + e.yx, 5) - fbm(q - e.yx, 5)) * amount * 12.0 + ring * 0.05;
    vec3 n = normalize(vec3(-slope.x, 1.0, -slope.y));
    float other;
    vec3 r = reflect(d, n);
    r.y = abs(r.y);
    vec3 mirror = trace(at + n * 0.02, r, 60.0, other);
    float shine = 0.12 + 0.88 * pow(1.0 - max(dot(-d, n), 0.0), 4.0);
    vec3 mud = vec3(0.36, 0.29, 0.2) * (0.75 + 0.5 * fbm(at.xz * 0.5, 5));
    colour = mix(mud, mirror, shine * 0.8);
    float foam = smoothstep(4.4, 2.0, length((at.xz - vec2(-1.6, 17.0)) * vec2(1.0, 0.8))) * smoothstep(0.4, 0.62, fbm(at.xz * 3.0, 5));
    colour = mix(colour, vec3(0.85), foam * 0.8);
    colour = mix(colour, vec3(0.7, 0.72, 0.72), 1.0 - exp(-water * 0.009));
  }
  return pow(colour, vec3(0.92)) * (1.02 - 0.35 * dot(p, p));
}
