#!/usr/bin/env bash
# Makes the two clips out of pictures of this folder's parent, with ffmpeg (libvpx-vp9). Neither has sound.
#     ./clips.sh            the feed's clip, into the folder above; the tests' clip, into tests/data
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tests=../../../tests/data
encode=(-c:v libvpx-vp9 -b:v 0 -deadline good -cpu-used 2 -threads 1 -an -map_metadata -1 -fflags +bitexact -flags:v +bitexact)

# gunship-clip.webm: the whole frame at first, then a slow zoom, as of a camera that circles.
ffmpeg -y -v error -loop 1 -framerate 10 -i gunship-frame.jpg -t 3.6 -crf 50 -g 40 "${encode[@]}" \
  -vf "scale=2560:1440:flags=lanczos,zoompan=z='1+0.004*on':x='iw/2-(iw/zoom/2)':y='ih/2-(ih/zoom/2)':d=1:s=640x360:fps=10,format=yuv420p" gunship-clip.webm

# scenes.webm: a picture a second, seven unknown ones and at last a known one.
scenes=(forest lake dunes pizza pitch cat spheres flood)
inputs=()
joined=""
for at in "${!scenes[@]}"; do
  inputs+=(-loop 1 -framerate 4 -t 1 -i "${scenes[at]}.jpg")
  joined+="[$at:v]scale=300:200:flags=lanczos,setsar=1,format=yuv420p[s$at];"
done
for at in "${!scenes[@]}"; do joined+="[s$at]"; done
ffmpeg -y -v error "${inputs[@]}" -filter_complex "${joined}concat=n=${#scenes[@]}[out]" -map "[out]" -crf 52 -g 4 "${encode[@]}" "$tests/scenes.webm"
