package catalog

import (
	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/stride"
)

// The nodes of a tree by what the catalogue knows of them.

// ByStride groups the nodes of a tree by the categories of STRIDE, in their
// order, those of none last. A node that names no category has those of its
// threats in the catalogue. Groups overlap where a node has several.
func ByStride(c *Catalog, t *attacktree.Tree) []attacktree.Group {
	var order []string
	label := map[string]string{}
	for category := range stride.Every.All() {
		order = append(order, category.String())
		label[category.String()] = category.Name()
	}
	return labelled(label, t.GroupBy(func(n *attacktree.Node) []string {
		var words []string
		for _, category := range c.categories(n) {
			words = union(words, []string{category.String()})
		}
		return words
	}, order, "no category"))
}

// ByStage groups the nodes of a tree by the stages of the lifecycle in which
// their threats arise, in the order of the catalogue, those without a threat of
// the catalogue last. Groups overlap, as most threats belong to several stages.
func ByStage(c *Catalog, t *attacktree.Tree) []attacktree.Group {
	label := map[string]string{}
	for _, s := range c.stages.list {
		label[s.Slug] = s.Name
	}
	return labelled(label, t.GroupBy(func(n *attacktree.Node) []string {
		var words []string
		for _, slug := range n.Threats {
			if threat, ok := c.Threat(slug); ok {
				words = union(words, threat.Stages)
			}
		}
		return words
	}, c.stages.slugs(), "no stage known"))
}

func labelled(label map[string]string, groups []attacktree.Group) []attacktree.Group {
	for i := range groups {
		if groups[i].Name != "" {
			groups[i].Label = label[groups[i].Name]
		}
	}
	return groups
}
