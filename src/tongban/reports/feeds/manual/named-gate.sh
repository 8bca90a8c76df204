#!/bin/sh
# Keeps BIND's port closed until the policy zone is whole. Written by `tongban feed manual named-gate`.
#
# BIND before 9.20.13 answers as soon as it has started, and reads the policy afterwards: a zone of a million names is
# open for half a minute after each start, a small one for a moment. With this named listens on a port for the probe alone
# until the last name of the zone is there, then on port 53. Before the start it writes the journal into the zone's file:
# named takes its policy from the file first and from the journal a second later, so after a kill -9 what stood in the
# journal alone was open meanwhile. Install it as /usr/local/sbin/named-gate, put
#     include "/run/named/listen.conf";
# into options { } in place of listen-on and listen-on-v6, and a drop-in for the unit (systemctl edit named):
#     [Service]
#     ExecStartPre=/usr/local/sbin/named-gate close
#     ExecStartPost=/usr/local/sbin/named-gate open
#     Restart=always
set -eu
LISTEN=${LISTEN:-/run/named/listen.conf}     # the file that is included
ADDRESSES=${ADDRESSES:-any;}                 # where clients ask
PORT=${PORT:-53}
PROBE=${PROBE:-5399}                         # a port on loopback for nobody else
RNDC=${RNDC:-rndc}
MOST=${MOST:-600}                            # seconds to wait for the zone
ZONE=${ZONE:-@ZONE@}
FILE=${FILE:-@DATA@/$ZONE.raw}               # the zone's file, and its journal beside it
JOURNAL=${JOURNAL:-@DATA@/$ZONE.jnl}
COMPILE=${COMPILE:-named-compilezone}

say() { # WHERE CLIENTS MAY ASK
  { echo "listen-on port $PROBE { 127.0.0.1; };"; printf '%s\n' "$@"; } >"$LISTEN.new"
  mv "$LISTEN.new" "$LISTEN"
}

case "${1:-}" in
close)
  say "listen-on-v6 { none; };"
  if [ -s "$FILE" ] && [ -s "$JOURNAL" ]; then
    $COMPILE -q -i none -k ignore -n ignore -r ignore -J "$JOURNAL" -f raw -F raw -o "$FILE.new" "$ZONE" "$FILE"
    chmod --reference="$FILE" "$FILE.new"
    chown --reference="$FILE" "$FILE.new"
    mv "$FILE.new" "$FILE"
  fi
  ;;
open)
  until=$(($(date +%s) + MOST))
  # The zone's own record sorts behind every name: where the policy answers it, all names are in.
  while ! dig +short +time=1 +tries=1 -p "$PROBE" @127.0.0.1 zzz-tongban-feed. TXT 2>/dev/null | grep -q version=; do
    if [ "$(date +%s)" -ge "$until" ]; then
      echo "named-gate: the policy zone is not there after $MOST seconds; port $PORT stays closed" >&2
      exit 1
    fi
    sleep 0.1
  done
  say "listen-on port $PORT { $ADDRESSES };" "listen-on-v6 port $PORT { $([ "$ADDRESSES" = "any;" ] && echo "any;" || echo "none;") };"
  $RNDC reconfig
  ;;
*)
  echo "usage: named-gate close|open" >&2
  exit 2
  ;;
esac
