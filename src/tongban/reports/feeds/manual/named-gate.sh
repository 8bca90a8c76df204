#!/bin/sh
# Keeps BIND's port closed until the policy zones are whole. Written by `tongban feed manual named-gate`.
#
# BIND before 9.20.13 answers as soon as it has started, and reads the policy afterwards: a zone of a million names is
# open for half a minute after each start, a small one for a moment. With this named listens on a port for the probe alone
# until the last name of the zone is there, then on port 53. Before the start it writes the journals into the zones' files:
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
MOST=${MOST:-600}                            # seconds to wait for the zones
RECORDS=${RECORDS:-zzz-tongban-feed zzz-tongban-recent}   # without a small zone: zzz-tongban-feed alone
ZONES=${ZONES:-@RECENT@ @ZONE@}
DATA=${DATA:-@DATA@}                         # where the zones' files are, with their journals beside them
COMPILE=${COMPILE:-named-compilezone}

say() { # WHERE CLIENTS MAY ASK
  { echo "listen-on port $PROBE { 127.0.0.1; };"; printf '%s\n' "$@"; } >"$LISTEN.new"
  mv "$LISTEN.new" "$LISTEN"
}

case "${1:-}" in
close)
  say "listen-on-v6 { none; };"
  for zone in $ZONES; do
    file="$DATA/$zone.raw"
    if [ -s "$file" ] && [ -s "$DATA/$zone.jnl" ]; then
      $COMPILE -q -i none -k ignore -n ignore -r ignore -J "$DATA/$zone.jnl" -f raw -F raw -o "$file.new" "$zone" "$file"
      chmod --reference="$file" "$file.new"
      chown --reference="$file" "$file.new"
      mv "$file.new" "$file"
    fi
  done
  ;;
open)
  until=$(($(date +%s) + MOST))
  # A zone's own record sorts behind every name: where the policy answers it, all names are in.
  for record in $RECORDS; do
    while ! dig +short +time=1 +tries=1 -p "$PROBE" @127.0.0.1 "$record." TXT 2>/dev/null | grep -q version=; do
      if [ "$(date +%s)" -ge "$until" ]; then
        echo "named-gate: the policy zone of $record is not there after $MOST seconds; port $PORT stays closed" >&2
        exit 1
      fi
      sleep 0.1
    done
  done
  say "listen-on port $PORT { $ADDRESSES };" "listen-on-v6 port $PORT { $([ "$ADDRESSES" = "any;" ] && echo "any;" || echo "none;") };"
  $RNDC reconfig
  ;;
*)
  echo "usage: named-gate close|open" >&2
  exit 2
  ;;
esac
