# The sentinel of one node. It compares what it sees with what it reported last; on a change it writes one
# line of JSON to its termination message and ends. The kubelet starts it again and carries the line into
# the pod's status, so it needs no token, no rights and no port.
#
# For any POSIX shell with the usual small tools (busybox, Alpine, Debian). Kubernetes reads two dollar signs
# in a row as one and $(NAME) as a variable of the container, so neither may stand in here.
set -u
export LC_ALL=C

sentinel=$SENTINEL_PATH
command=${SENTINEL_COMMAND:-}
interval=${SENTINEL_INTERVAL:-5}
pause=${SENTINEL_PAUSE:-1}
memory=${SENTINEL_MEMORY:-/memory}/report
message=${SENTINEL_MESSAGE:-/dev/termination-log}
boot=$(tr -cd 'A-Za-z0-9-' <"${SENTINEL_BOOT_ID:-/proc/sys/kernel/random/boot_id}")

# Who asked for the reboot: each package once, as JSON, and how many more there were than fit into
# a termination message (4096 bytes for all).
packages() {
  if [ -f "$sentinel.pkgs" ] && [ -r "$sentinel.pkgs" ]; then
    head -c 65536 "$sentinel.pkgs"
  fi | tr -d '\000' | awk '
    BEGIN {
      for (i = 1; i < 32; i++) escaped[sprintf("%c", i)] = sprintf("\\u%04x", i)
      escaped["\""] = "\\\""
      escaped["\\"] = "\\\\"
    }
    {
      sub(/[ \t\r]+$/, "")
      if ($0 == "" || seen[$0]++) next
      text = ""
      for (i = 1; i <= length($0); i++) {
        c = substr($0, i, 1)
        text = text (c in escaped ? escaped[c] : c > "~" ? "?" : c)
      }
      if (length(list) + length(text) + 3 > 2048) { more++; next }
      list = list (list == "" ? "" : ",") "\"" text "\""
    }
    END { printf "\"packages\":[%s],\"more\":%d", list, more }'
}

# One line about how things stand: required is null, with the reason, where that cannot be seen.
look() {
  required=false why='' since=null who='"packages":[],"more":0'
  if [ -n "$command" ]; then
    timeout 30 sh -c "$command" </dev/null >/dev/null 2>&1
    status=$?
    # From 124 on it was not the command that spoke: a timeout, nothing to execute, a signal.
    if [ "$status" -eq 0 ]; then
      required=true
    elif [ "$status" -ge 124 ]; then
      required=null why="command $status"
    fi
  elif ! ls "${sentinel%/*}/." >/dev/null 2>&1; then
    required=null why=unreadable # where "does it exist" would be answered with no
  elif [ -e "$sentinel" ]; then
    required=true
  fi
  if [ "$required" = true ]; then
    time=$(date -u -r "$sentinel" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null) && since="\"$time\""
    who=$(packages)
  fi
  printf '{"bootID":"%s","required":%s,"why":"%s","since":%s,%s}' \
    "$boot" "$required" "$why" "$since" "$who"
}

# The report, as soon as two looks agree: the packages are written after the flag.
settle() {
  report=$(look)
  for _ in 1 2 3 4 5; do
    sleep "$pause"
    before=$report
    report=$(look)
    if [ "$report" = "$before" ]; then
      return
    fi
  done
}

tell() {
  printf '%s' "$report" >"$message" || exit 1
}

known=$(cat "$memory" 2>/dev/null)
settle
tell # also when nothing is new: the message of a container that is killed is what it wrote last
while [ "$report" = "$known" ]; do
  sleep "$interval"
  if [ "$(look)" != "$known" ]; then
    settle
  fi
done
tell
# Only now: killed in between, it reports once more, but never not at all.
printf '%s' "$report" >"$memory.new" && mv "$memory.new" "$memory" || exit 1
