package mitigate

import "github.com/atree-dev/atree/attacktree"

// Scenarios returns those that [Assess] answers for: inherent, and current and
// planned where there are controls, or the sets given instead of these two.
func (o *Options) Scenarios(t *attacktree.Tree) []*attacktree.Scenario { return o.scenarios(t) }
