-- Knot Resolver 5 reads the zone from a file and again when the file changes. Written by `tongban feed manual knot`.
--
-- Fetch it by a timer, in one move, never in place (the file is read the moment it changes):
--   curl -fsS --etag-compare etag --etag-save etag -o rpz.new @SITE@/feeds/rpz && mv rpz.new @DATA@/tongban.rpz
-- and check it before the move: tongban feed verify rpz.new rpz.sig --key VKEY
-- The resolver reads the file before it answers its first question.

policy.add(policy.rpz(policy.DENY_MSG('@SITE@/blocked/'), '@DATA@/tongban.rpz', true))
