module github.com/atree-dev/atree/attacktree/internal/peer

go 1.26.0

require (
	github.com/atree-dev/atree v0.0.0
	github.com/dalzilio/rudd v1.1.0
)

replace github.com/atree-dev/atree => ../../..
