#!/bin/sh
# Fetches the policy zone for Knot Resolver. Written by `tongban feed manual knot-fetch`; tried with Debian 12's curl 7.88.1.
#
# Install it as /usr/local/sbin/knot-fetch (mode 755) and let systemd run it, ten seconds after it has ended each time:
#   /etc/systemd/system/knot-fetch.service
#     [Service]
#     Type=oneshot
#     ExecStart=/usr/local/sbin/knot-fetch
#   /etc/systemd/system/knot-fetch.timer
#     [Timer]
#     OnBootSec=5
#     OnUnitInactiveSec=10
#     AccuracySec=1
#     [Install]
#     WantedBy=timers.target
#   systemctl daemon-reload && systemctl enable --now knot-fetch.timer
#
# Where the house does not answer, has stopped its publication (503) or sends something damaged, it ends with a message and
# another exit status than 0, and the list stays as it was. The name of the house must not need this resolver.
set -eu
SITE=${SITE:-@SITE@}
DATA=${DATA:-@DATA@}
KEY=${KEY:-}     # the house's key (city.example/ledger+…), where `tongban` is installed here: the signature is checked too

cd "$DATA"
rm -f rpz.new rpz.sig etag.new
grep -q '^zzz-tongban-feed TXT' tongban.rpz 2>/dev/null || rm -f etag     # somebody has deleted or emptied the list
curl -fsS --connect-timeout 10 --max-time 300 --etag-compare etag --etag-save etag.new -o rpz.new "$SITE/feeds/rpz"
[ -e rpz.new ] || exit 0                                     # nothing has changed (304)
curl -fsS --connect-timeout 10 --max-time 30 -o rpz.sig "$SITE/feeds/rpz.sig"
if [ -n "$KEY" ]; then
  tongban feed verify rpz.new rpz.sig --key "$KEY"
elif ! grep -qx "sha256 $(sha256sum rpz.new | cut -d' ' -f1)" rpz.sig; then
  echo "knot-fetch: what came is not what the house signed; the list stays as it was" >&2
  exit 1
fi
# Knot ignores a listed name that leads to a page by its name, so it would be open: it gets the answer that knot.lua says.
sed -E '/ CNAME (\.|rpz-passthru\.)$/!s/ CNAME .+$/ CNAME ./' rpz.new >rpz.ready
chmod 644 rpz.ready
mv rpz.ready tongban.rpz                                     # in one move: kresd reads it at once
mv etag.new etag                                             # last: a run that was killed before is done again
