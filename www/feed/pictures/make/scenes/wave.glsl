// A storm wave standing over a colossal figure on a rock: a still from a disaster film.
float figure(vec3 p) {
  float folds = 0.05 * sin(atan(p.z, p.x) * 11.0 + p.y * 1.5) * smoothstep(3.2, 0.0, p.y);
  float robe = capsule(p, vec3(0, 0, 0), vec3(0, 3.0, 0), 1.0, 0.52) - folds;
  float bodice = smin(robe, capsule(p, vec3(-0.5, 3.05, 0), vec3(0.5, 3.05, 0), 0.36, 0.36), 0.25);
  float head = length((p - vec3(0, 4.05, -0.05)) / vec3(0.9, 1.15, 1.0)) - 0.36;
  float neck = capsule(p, vec3(0, 3.2, 0), vec3(0, 3.9, 0), 0.22, 0.18);
  float raised = min(capsule(p, vec3(-0.62, 3.1, 0), vec3(-1.15, 3.9, -0.1), 0.27, 0.2), capsule(p, vec3(-1.15, 3.9, -0.1), vec3(-1.0, 5.3, -0.15), 0.2, 0.15));
  float lantern = min(box3(p - vec3(-1.0, 5.55, -0.15), vec3(0.2, 0.26, 0.2)), capsule(p, vec3(-1.0, 5.85, -0.15), vec3(-1.0, 6.2, -0.15), 0.26, 0.02));
  float lowered = min(capsule(p, vec3(0.62, 3.1, 0), vec3(0.98, 2.2, -0.25), 0.27, 0.22), capsule(p, vec3(0.98, 2.2, -0.25), vec3(0.5, 1.75, -0.95), 0.22, 0.15));
  float shield = box3(p - vec3(0.55, 1.5, -1.05), vec3(0.42, 0.6, 0.06)) - 0.05;
  float crown = abs(length(p.xz - vec2(0, -0.05)) - 0.4) - 0.06 - 0.05 * sin(atan(p.z, p.x) * 9.0);
  crown = max(crown, abs(p.y - 4.4) - 0.16);
  float all = smin(bodice, min(neck, head), 0.12);
  all = smin(all, min(raised, lowered), 0.15);
  return min(min(all, lantern), min(shield, crown * 0.6));
}
float solid(vec3 p) {
  float rock = p.y + 4.6 - 1.4 * fbm(p.xz * 0.55 + 2.0, 5) + 0.05 * dot(p.xz, p.xz) - 0.3 * noise(p.xz * 3.0);
  float base = min(box3(p - vec3(0, -1.9, 0), vec3(1.35, 1.9, 1.35)), min(box3(p - vec3(0, -0.1, 0), vec3(1.6, 0.16, 1.6)), box3(p - vec3(0, -3.4, 0), vec3(2.0, 0.5, 2.0))));
  return min(min(figure(p), base), rock * 0.6);
}
vec3 storm(vec2 p) {
  vec2 q = p * vec2(1.6, 2.6) + vec2(0.4, 0.0);
  q += 0.5 * vec2(fbm(q * 1.5, 4), fbm(q * 1.5 + 8.0, 4));
  float c = fbm(q * 2.0, 6);
  vec3 colour = mix(vec3(0.1, 0.13, 0.16), vec3(0.52, 0.55, 0.52), smoothstep(0.25, 0.75, c));
  return mix(colour, vec3(0.85, 0.78, 0.6), 0.55 * exp(-length((p - vec2(0.5, 0.14)) * vec2(1.6, 3.2)) * 2.4));
}
vec3 scene(vec2 p) {
  vec3 colour = storm(p);
  // The wave: a crest that climbs to the left and curls over to the right.
  float crest = 0.36 - 0.55 * smoothstep(-0.75, 0.55, p.x) + 0.08 * sin(p.x * 5.0 + 1.0) + 0.1 * (fbm(vec2(p.x * 5.0, 2.0), 6) - 0.5);
  float lip = crest - p.y;
  if (lip > 0.0) {
    vec2 flow = vec2(p.x * 1.2 + 0.7 * lip, lip - 0.5 * p.x * p.x);
    flow += 0.06 * vec2(fbm(p * 6.0, 4), fbm(p * 6.0 + 3.0, 4));
    float streak = ridged(flow * vec2(14.0, 4.0), 6);
    float depth = smoothstep(0.0, 0.55, lip);
    vec3 water = mix(vec3(0.3, 0.52, 0.47), vec3(0.03, 0.1, 0.12), depth);
    water += 0.22 * (fbm(flow * vec2(9.0, 3.0), 6) - 0.45);
    float foam = smoothstep(0.42, 0.75, streak) * (0.75 - 0.35 * depth) + smoothstep(0.1, 0.0, lip + 0.05 * (fbm(p * 22.0, 4) - 0.5));
    colour = mix(water, vec3(0.86, 0.9, 0.88), clamp(foam, 0.0, 0.95));
  }
  float spray = exp(-abs(lip + 0.03) * 9.0) * smoothstep(0.36, 0.7, fbm(p * vec2(9.0, 11.0) + 4.0, 6));
  colour = mix(colour, vec3(0.83, 0.87, 0.87), 0.8 * spray);
  // The figure, marched in three dimensions in front of the wave.
  vec3 o = vec3(0.7, 0.8, -17.0), d = normalize(vec3(p.x - 0.16, p.y - 0.01, 1.45));
  float t = 10.0;
  for (int i = 0; i < 100; i++) {
    float h = solid(o + d * t);
    if (h < 0.004 || t > 26.0) break;
    t += h * 0.7;
  }
  if (t < 26.0) {
    vec3 at = o + d * t;
    vec2 e = vec2(0.015, 0.0);
    vec3 n = normalize(vec3(solid(at + e.xyy) - solid(at - e.xyy), solid(at + e.yxy) - solid(at - e.yxy), solid(at + e.yyx) - solid(at - e.yyx)));
    float stain = fbm(at.xy * vec2(2.6, 0.8), 5);
    vec3 stone = at.y > -0.2 ? mix(vec3(0.36, 0.52, 0.46), vec3(0.2, 0.27, 0.25), stain) : at.y > -3.7 && abs(at.x) < 2.1 ? vec3(0.5, 0.47, 0.42) * (0.7 + 0.5 * stain) : vec3(0.18, 0.17, 0.16) * (0.6 + stain);
    if (at.y > -3.7 && at.y < -0.3) stone *= 0.8 + 0.2 * smoothstep(0.03, 0.06, abs(fract(at.y * 1.6) - 0.5));
    float key = max(dot(n, normalize(vec3(0.8, 0.45, -0.35))), 0.0), sky = 0.5 + 0.5 * n.y;
    colour = stone * (0.28 * sky + 1.05 * key * vec3(1.1, 1.0, 0.85) + 0.1) + 0.25 * pow(1.0 - max(dot(n, -d), 0.0), 3.0) * vec3(0.6, 0.7, 0.7);
    if (length(at - vec3(-1.0, 5.55, -0.15)) < 0.45) colour = vec3(1.0, 0.86, 0.5);
  }
  colour += vec3(0.9, 0.6, 0.25) * 0.5 * exp(-length(p - vec2(0.02, 0.385)) * 22.0);
  // Breaking water at the foot of the rock.
  float low = p.y + 0.3 + 0.06 * sin(p.x * 4.0) + 0.14 * (fbm(vec2(p.x * 6.0, 7.0), 5) - 0.5);
  float sea = smoothstep(0.03, -0.02, low);
  vec3 chop = mix(vec3(0.06, 0.15, 0.17), vec3(0.75, 0.8, 0.78), smoothstep(0.45, 0.8, ridged(p * vec2(7.0, 16.0) + 3.0, 6)));
  colour = mix(colour, chop, sea);
  float burst = smoothstep(0.5, 0.0, length((p - vec2(0.0, -0.27)) * vec2(0.9, 1.7))) * smoothstep(0.42, 0.68, fbm(p * 10.0 + 9.0, 6));
  colour = mix(colour, vec3(0.88, 0.9, 0.89), 0.9 * burst);
  float rain = smoothstep(0.77, 0.9, noise(rotate(0.22) * p * vec2(240.0, 11.0))) * 0.1;
  return (colour + rain) * (1.05 - 0.55 * dot(p, p));
}
