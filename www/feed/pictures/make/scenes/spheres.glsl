// Glass and metal balls on a tiled table: a plain computer rendering that claims nothing.
vec3 centre(int i) {
  if (i == 0) return vec3(-1.15, 0.9, 0.6);
  if (i == 1) return vec3(0.85, 0.65, -0.4);
  if (i == 2) return vec3(-0.2, 0.35, -1.15);
  if (i == 3) return vec3(2.1, 1.05, 1.7);
  if (i == 4) return vec3(-2.5, 0.5, -0.6);
  return vec3(0.25, 0.8, 2.4);
}
vec3 room(vec3 d) {
  vec3 colour = mix(vec3(0.85, 0.75, 0.65), vec3(0.2, 0.3, 0.5), smoothstep(-0.1, 0.8, d.y));
  vec2 q = d.xz / max(d.y, 0.05);
  colour += step(0.0, d.y) * step(abs(q.x + 0.6), 0.55) * step(abs(q.y + 0.3), 0.8) * 1.8;
  float shelf = step(abs(fract(d.y * 9.0) - 0.5), 0.4) * step(d.y, 0.4) * step(0.0, d.y);
  vec3 books = 0.3 + 0.3 * cos(6.28 * (hash2(vec2(floor(atan(d.x, d.z) * 34.0), floor(d.y * 9.0))) + vec3(0.0, 0.3, 0.6)));
  return mix(colour, books * (0.5 + 0.5 * d.y), shelf * 0.85);
}
vec3 trace(vec3 o, vec3 d) {
  vec3 weight = vec3(1.0), colour = vec3(0.0);
  for (int bounce = 0; bounce < 6; bounce++) {
    float t = 1e4;
    int what = -1;
    for (int i = 0; i < 6; i++) {
      vec3 c = centre(i), oc = o - c;
      float b = dot(oc, d), h = b * b - dot(oc, oc) + c.y * c.y;
      if (h > 0.0) {
        float s = -b - sqrt(h) > 0.003 ? -b - sqrt(h) : -b + sqrt(h);
        if (s > 0.003 && s < t) { t = s; what = i; }
      }
    }
    float floor_t = -o.y / d.y;
    if (floor_t > 0.003 && floor_t < t) { t = floor_t; what = 9; }
    if (what < 0 || t > 60.0) return colour + weight * room(d);
    vec3 p = o + d * t;
    if (what == 9) {
      vec2 q = rotate(0.5) * p.xz;
      float check = mod(floor(q.x) + floor(q.y), 2.0);
      vec3 tile = mix(vec3(0.12, 0.14, 0.18), vec3(0.85, 0.8, 0.7), check) * (0.75 + 0.4 * fbm(q * 3.0, 5));
      float shade = 1.0;
      for (int i = 0; i < 6; i++) {
        vec3 c = centre(i), sun = normalize(vec3(-0.5, 0.9, -0.3)), oc = p - c;
        float b = dot(oc, sun), h = b * b - dot(oc, oc) + c.y * c.y;
        if (b < 0.0) shade *= mix(1.0, 0.35, smoothstep(0.0, 0.5, h));
        shade *= 1.0 - 0.6 * exp(-3.0 * length(p.xz - c.xz) / c.y);
      }
      tile = mix(tile * shade, vec3(0.7, 0.62, 0.55), 1.0 - exp(-0.012 * t * t));
      colour += weight * tile * 0.88;
      weight *= 0.14;
      d = reflect(d, vec3(0, 1, 0));
      o = p;
      continue;
    }
    vec3 n = normalize(p - centre(what));
    float edge = pow(1.0 - abs(dot(n, d)), 4.0);
    if (what == 0 || what == 2) {
      bool outside = dot(n, d) < 0.0;
      vec3 r = refract(d, outside ? n : -n, outside ? 1.0 / 1.45 : 1.45);
      if (outside) colour += weight * edge * room(reflect(d, n)) * 0.7;
      weight *= what == 0 ? vec3(0.96, 0.98, 0.99) : vec3(0.95, 0.6, 0.55);
      d = dot(r, r) > 0.1 ? r : reflect(d, outside ? n : -n);
    } else if (what == 3 || what == 4) {
      weight *= what == 3 ? vec3(0.95, 0.8, 0.5) : vec3(0.85, 0.88, 0.92);
      d = reflect(d, n);
    } else {
      vec3 base = what == 1 ? mix(vec3(0.75, 0.12, 0.1), vec3(0.95, 0.85, 0.75), step(0.5, fract(n.y * 3.0 + 0.25))) : mix(vec3(0.1, 0.35, 0.55), vec3(0.9, 0.9, 0.85), smoothstep(0.45, 0.5, fbm(n.xy * 2.6 + 3.0, 5)));
      float light = max(dot(n, normalize(vec3(-0.5, 0.9, -0.3))), 0.0);
      return colour + weight * (base * (0.3 + 0.85 * light) + edge * room(reflect(d, n)) * 0.6 + pow(light, 60.0));
    }
    o = p;
  }
  return colour;
}
vec3 scene(vec2 p) {
  vec3 o = vec3(0.3, 2.3, -6.2), d = normalize(vec3(p.x, p.y - 0.28, 1.25));
  return pow(trace(o, d), vec3(0.9)) * (1.05 - 0.3 * dot(p, p));
}
