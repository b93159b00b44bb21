package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/atree-dev/atree/attacktree"
	"github.com/atree-dev/atree/attacktree/diag"
)

// A catalogue as the library of a loader.

// Library returns [Default] as the library of a loader. It is not read before
// something is looked up in it.
func Library() attacktree.Library { return onDemand{} }

type onDemand struct{}

var _ attacktree.Guide = onDemand{}

func (onDemand) Pattern(name string) ([]byte, bool)          { return Default().Pattern(name) }
func (onDemand) CheckThreat(slug string) *attacktree.Finding { return Default().CheckThreat(slug) }
func (onDemand) CheckKind(of attacktree.Kinded, word string) *attacktree.Finding {
	return Default().CheckKind(of, word)
}
func (onDemand) HintPattern(name string) string                { return Default().HintPattern(name) }
func (onDemand) CheckReference(ref string) *attacktree.Finding { return Default().CheckReference(ref) }

// Pattern returns the text of a pattern; see [attacktree.Library].
func (c *Catalog) Pattern(name string) (src []byte, ok bool) {
	p, ok := c.patterns.get(name)
	if !ok {
		return nil, false
	}
	return slices.Clone(p.src), true
}

// HintPattern names the pattern that was perhaps meant; see [attacktree.Guide].
func (c *Catalog) HintPattern(name string) string {
	if hint := diag.Suggest(name, c.patterns.slugs()); hint != "" {
		return hint
	}
	return "to see all, type: atree catalog list pattern"
}

// CheckThreat says whether the catalogue has a threat; see [attacktree.Guide].
func (c *Catalog) CheckThreat(slug string) *attacktree.Finding {
	if c.threats.has(slug) {
		return nil
	}
	f := &attacktree.Finding{Code: "unknown-threat", Message: fmt.Sprintf("a threat %q, which the catalogue does not have", slug)}
	if f.Hint = diag.Suggest(slug, c.threats.slugs()); f.Hint == "" {
		f.Hint = "to look for it, type: atree catalog search " + strings.ReplaceAll(slug, "-", " ")
	}
	return f
}

// CheckReference says what is wrong with a reference as models write it; see
// [attacktree.Guide] and [Catalog.Resolve].
func (c *Catalog) CheckReference(ref string) *attacktree.Finding {
	r := c.Resolve(ref)
	unknown := func(format string, args ...any) *attacktree.Finding {
		f := &attacktree.Finding{Code: "unknown-reference", Message: fmt.Sprintf(format, args...)}
		if r.Right != "" {
			f.Hint = fmt.Sprintf("did you mean %s?", references([]string{r.Right}))
		}
		return f
	}
	switch r.Status {
	case Moved:
		return &attacktree.Finding{
			Code:    "moved-reference",
			Message: fmt.Sprintf("%s, which has become %s since %s", ref, r.Right, r.Move.Edition),
			Hint:    fmt.Sprintf("write %s (%s)", references([]string{r.Right}), r.Name),
		}
	case Unknown:
		return unknown("%s, which %s does not have", ref, r.Title)
	case Malformed:
		return unknown("%q, which is no identifier of %s", ref, r.Title)
	case Foreign:
		if r.Right != "" {
			return unknown("%q, which does not say which list it is of", ref)
		}
	}
	return nil
}

// CheckKind says whether the catalogue has a kind of component, asset or
// boundary (there called a zone); see [attacktree.Guide]. Components are always
// those of the catalogue; other kinds may be one's own, unless one of the
// catalogue was probably meant.
func (c *Catalog) CheckKind(of attacktree.Kinded, word string) *attacktree.Finding {
	var slugs []string
	kind := KindComponent
	switch of {
	case attacktree.KindOfComponent:
		slugs = c.components.slugs()
	case attacktree.KindOfAsset:
		kind, slugs = KindAsset, c.assets.slugs()
	case attacktree.KindOfBoundary:
		kind, slugs = KindZone, c.zones.slugs()
	}
	if slices.Contains(slugs, word) {
		return nil
	}
	f := &attacktree.Finding{Code: "unknown-kind", Hint: diag.Suggest(word, slugs),
		Message: fmt.Sprintf("is of the kind %q, which the catalogue does not have", word)}
	switch {
	case f.Hint != "":
	case of != attacktree.KindOfComponent:
		return nil
	default:
		f.Hint = fmt.Sprintf("to see all, type: atree catalog list %v", kind)
	}
	return f
}
