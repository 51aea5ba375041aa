#!/bin/sh
# What `npm start`, `npm test` and the other scripts of package.json call: on a fresh clone it first
# installs what is missing, then does the task with the Node.js that the install brought.
#
#   sh tools/run.sh start|test|check|static|records|build|agent|closewatch|backup|restore|leak-lab|screens|bench|fuzz [arguments]
#
# Ends in `exec`, so that Ctrl-C and SIGTERM reach the program itself.
set -eu
cd "$(dirname "$0")/.."
workspace=$(pwd)
PATH="$workspace/node_modules/.bin:$PATH"
# No background service may outlive the command, and nothing asks or reports.
export PATH NX_DAEMON=false NX_NO_CLOUD=true NX_TUI=false

say() { printf '%s\n' "closewatch: $*" >&2; }

require_node() {
  version=$(node -p 'process.versions.node' 2>/dev/null) || { say "Node.js is missing; install Node.js 20 or newer with npm."; exit 1; }
  [ "${version%%.*}" -ge 20 ] || { say "Node.js $version is too old; install Node.js 20 or newer with npm."; exit 1; }
}

# The stamp is written last: an install that was cut off is done again.
install_dependencies() {
  stamp="node_modules/.closewatch-installed"
  wanted=$(cksum package-lock.json)
  [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return
  say "installing dependencies from package-lock.json (about a minute, once; 1 GB of disk)..."
  started=$(date +%s)
  npm ci --no-audit --no-fund &
  installer=$!
  trap 'kill "$installer" 2>/dev/null; exit 130' INT
  trap 'kill "$installer" 2>/dev/null; exit 143' TERM
  while kill -0 "$installer" 2>/dev/null; do
    sleep 1
    elapsed=$(($(date +%s) - started))
    if [ -t 2 ]; then
      printf '\rclosewatch: installing, %s s ' "$elapsed" >&2
    elif [ $((elapsed % 15)) -eq 0 ]; then
      say "installing, $elapsed s"
    fi
  done
  [ -t 2 ] && printf '\n' >&2
  wait "$installer" || { say "npm ci failed; its messages stand above. Mend the cause and try again."; exit 1; }
  trap - INT TERM
  printf '%s\n' "$wanted" >"$stamp"
  say "dependencies installed in $(($(date +%s) - started)) s"
}

# Builds what changed since the last build; nx keeps the rest.
build() {
  say "building..."
  log=$(mktemp)
  if ! nx run-many -t build "$@" >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    say "the build failed; its messages stand above."
    exit 1
  fi
  rm -f "$log"
}

# All that can be said without running anything.
static_checks() {
  for check in format:check lint lint:compose typecheck; do
    say "$check"
    npm run --silent "$check"
  done
  say "size of the web app"
  nx run web:size
}

task=${1:-}
[ $# -eq 0 ] || shift
require_node
install_dependencies
case $task in
  start)
    build
    exec node --enable-source-maps dist/api/main.js "$@"
    ;;
  agent)
    build --projects agent
    exec node --enable-source-maps dist/agent/main.js "$@"
    ;;
  closewatch)
    build --projects api
    exec node --enable-source-maps dist/api/cli.js "$@"
    ;;
  backup | restore)
    build --projects api
    exec node --enable-source-maps dist/api/backup.js "$task" "$@"
    ;;
  demo)
    build
    exec node --no-warnings tools/demo/main.ts "$@"
    ;;
  fleet)
    exec node --no-warnings tools/fleet/main.ts "$@"
    ;;
  leak-lab)
    exec node --no-warnings tools/leak-lab/main.ts "$@"
    ;;
  bench)
    build
    exec node --no-warnings tools/bench/main.ts "$@"
    ;;
  fuzz)
    exec node --no-warnings tools/fuzz/start.ts "$@"
    ;;
  screens)
    build
    SCREENS_AFTER_SECONDS=${SCREENS_AFTER_SECONDS:-180} playwright test -c apps/e2e/playwright.config.ts screens
    mkdir -p docs/screens
    exec cp dist/screens/*.png docs/screens/
    ;;
  test)
    build
    exec node tools/test/run.ts "$@"
    ;;
  records)
    # What tests compare with committed files, written anew: apps/api/src/database/schema.txt, apps/api/src/openapi/openapi.json, docs/rules-as-shipped.yaml.
    CLOSEWATCH_UPDATE_RECORDS=1
    export CLOSEWATCH_UPDATE_RECORDS
    exec node --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js -c apps/api/jest.config.mjs schema.spec document.spec shipped-rules.spec
    ;;
  build)
    build "$@"
    ;;
  static)
    static_checks
    ;;
  check)
    static_checks
    build
    exec node tools/test/run.ts "$@"
    ;;
  *)
    say "unknown task '$task'; one of start, test, check, static, build, records, agent, closewatch, backup, restore, leak-lab, screens, bench, fuzz"
    exit 2
    ;;
esac
