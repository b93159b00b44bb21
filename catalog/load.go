package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Reading a catalogue: folder data has a JSON array of entries for each kind,
// folder patterns the trees. All that is wrong is reported together, with file
// and line.

// maxFileSize bounds a file of a catalogue, in bytes.
const maxFileSize = 16 << 20

// A Problem is something wrong in the data of a catalogue.
type Problem struct {
	File    string
	Line    int // 0: the file as a whole
	Message string
}

// Error returns the problem with its place.
func (p *Problem) Error() string {
	if p.Line == 0 {
		return fmt.Sprintf("catalog: %s: %s", p.File, p.Message)
	}
	return fmt.Sprintf("catalog: %s:%d: %s", p.File, p.Line, p.Message)
}

// A place is where an entry is written.
type place struct {
	file string
	line int
}

// files maps the name of each file of folder data to what reads it.
var files = map[string]func(*loader, []element){
	"threats.json":     func(l *loader, in []element) { read(l, in, KindThreat, &l.c.threats) },
	"patterns.json":    func(l *loader, in []element) { read(l, in, KindPattern, &l.c.patterns) },
	"mitigations.json": func(l *loader, in []element) { read(l, in, KindMitigation, &l.c.mitigations) },
	"adversaries.json": func(l *loader, in []element) { read(l, in, KindAdversary, &l.c.adversaries) },
	"assets.json":      func(l *loader, in []element) { read(l, in, KindAsset, &l.c.assets) },
	"components.json":  func(l *loader, in []element) { read(l, in, KindComponent, &l.c.components) },
	"surfaces.json":    func(l *loader, in []element) { read(l, in, KindSurface, &l.c.surfaces) },
	"weaknesses.json":  func(l *loader, in []element) { read(l, in, KindWeakness, &l.c.weaknesses) },
	"zones.json":       func(l *loader, in []element) { read(l, in, KindZone, &l.c.zones) },
	"stages.json":      func(l *loader, in []element) { read(l, in, KindStage, &l.c.stages) },
	"concepts.json":    func(l *loader, in []element) { read(l, in, KindConcept, &l.c.concepts) },
	"lists.json":       (*loader).readLists,
	"moves.json":       (*loader).readMoves,
}

// Load reads a catalogue and puts it beside another one, which may be nil. The
// folder data of fsys holds any of the files threats.json, patterns.json,
// mitigations.json, adversaries.json, assets.json, components.json,
// surfaces.json, weaknesses.json, zones.json, stages.json, concepts.json,
// lists.json and moves.json, each an array of entries with the keys that the types
// of this package have, such as [Threat]; the folder patterns holds the tree of
// each pattern, SLUG.atree. Entries may refer to those of the other catalogue, and
// cannot take their slugs.
//
// The error joins everything that is wrong, each a [*Problem].
func Load(base *Catalog, fsys fs.FS) (*Catalog, error) {
	l := &loader{c: new(Catalog)}
	if base != nil {
		l.c = base.clone()
	}
	l.readData(fsys)
	l.readPatterns(fsys)
	l.c.index.build(l.c)
	if l.problems == nil {
		l.problems = l.c.broken()
	}
	if l.problems != nil {
		return nil, errors.Join(l.problems...)
	}
	return l.c, nil
}

type loader struct {
	c        *Catalog
	problems []error
}

func (l *loader) fail(at place, format string, args ...any) {
	l.problems = append(l.problems, &Problem{at.file, at.line, fmt.Sprintf(format, args...)})
}

// clone copies the tables, but not the entries in them.
func (c *Catalog) clone() *Catalog {
	return &Catalog{
		threats: c.threats.clone(), patterns: c.patterns.clone(), mitigations: c.mitigations.clone(),
		adversaries: c.adversaries.clone(), assets: c.assets.clone(), components: c.components.clone(),
		surfaces: c.surfaces.clone(), weaknesses: c.weaknesses.clone(), zones: c.zones.clone(),
		stages: c.stages.clone(), concepts: c.concepts.clone(),
		lists: slices.Clone(c.lists), moves: slices.Clone(c.moves),
	}
}

func (t *table[T, P]) clone() table[T, P] {
	return table[T, P]{slices.Clone(t.list), maps.Clone(t.at)}
}

func (l *loader) readData(fsys fs.FS) {
	entries, err := fs.ReadDir(fsys, "data")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.fail(place{file: "data"}, "cannot be read: %v", err)
	}
	for _, entry := range entries {
		name := path.Join("data", entry.Name())
		take, known := files[entry.Name()]
		if !known {
			l.fail(place{file: name}, "expected one of %s", strings.Join(slices.Sorted(maps.Keys(files)), ", "))
			continue
		}
		text, err := readFile(fsys, name)
		if err != nil {
			l.fail(place{file: name}, "cannot be read: %v", err)
			continue
		}
		elements, err := split(name, text)
		if err != nil {
			l.problems = append(l.problems, err)
			continue
		}
		take(l, elements)
	}
}

// readFile reads a file of limited size. A pipe might never begin to speak.
func readFile(fsys fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("expected a regular file")
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	if err == nil && len(text) > maxFileSize {
		err = fmt.Errorf("expected at most %d bytes", maxFileSize)
	}
	return text, err
}

// An element of an array, and where it begins.
type element struct {
	text json.RawMessage
	at   place
}

// split takes an array apart.
func split(name string, text []byte) ([]element, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	line := func(offset int64) place {
		rest := bytes.TrimLeft(text[offset:], " \t\r\n,")
		return place{name, 1 + bytes.Count(text[:len(text)-len(rest)], []byte("\n"))}
	}
	wrong := func(err error) error {
		at := line(min(dec.InputOffset(), int64(len(text))))
		if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
			at.line = 1 + bytes.Count(text[:min(int(syntax.Offset), len(text))], []byte("\n"))
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("the file ends too early")
		}
		return &Problem{at.file, at.line, err.Error()}
	}
	open, err := dec.Token()
	if err != nil {
		return nil, wrong(err)
	}
	if open != json.Delim('[') {
		if open == nil {
			open = "null"
		}
		at := line(0)
		return nil, &Problem{at.file, at.line, fmt.Sprintf("expected an array of entries, found %v", open)}
	}
	var out []element
	for dec.More() {
		e := element{at: line(dec.InputOffset())}
		if err := dec.Decode(&e.text); err != nil {
			return nil, wrong(err)
		}
		out = append(out, e)
	}
	if _, err := dec.Token(); err != nil {
		return nil, wrong(err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, wrong(errors.New("expected nothing after the array"))
	}
	return out, nil
}

// decode reads an element into a value, and refuses fields that it has not.
func (l *loader) decode(e element, into any) bool {
	dec := json.NewDecoder(bytes.NewReader(e.text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		l.fail(e.at, "%s", plain(err))
		return false
	}
	return true
}

// plain says what is wrong with an element without the words of the decoder.
func plain(err error) string {
	var mismatch *json.UnmarshalTypeError
	if !errors.As(err, &mismatch) {
		return strings.TrimPrefix(strings.TrimPrefix(err.Error(), "json: "), "stride: ")
	}
	want := "an entry, as {…}"
	switch mismatch.Type.Kind() {
	case reflect.String:
		want = "a text"
	case reflect.Bool:
		want = "true or false"
	case reflect.Slice, reflect.Array:
		want = "a list"
	case reflect.Int, reflect.Float64:
		want = "a number"
	case reflect.Uint8:
		want = "a word"
	}
	if mismatch.Field != "" {
		want += " as " + mismatch.Field
	}
	return fmt.Sprintf("expected %s, found %s", want, mismatch.Value)
}

var slugForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// read fills a table.
func read[T any, P interface {
	*T
	entryOf
}](l *loader, in []element, kind Kind, t *table[T, P]) {
	for _, e := range in {
		x := new(T)
		if !l.decode(e, x) {
			continue
		}
		entry := P(x).Common()
		entry.Kind, entry.at = kind, e.at
		switch {
		case !slugForm.MatchString(entry.Slug):
			l.fail(e.at, "expected a slug such as model-theft, found %q", entry.Slug)
		case t.has(entry.Slug):
			l.fail(e.at, "the slug %s is already taken", entry.ID())
		case strings.TrimSpace(entry.Name) == "":
			l.fail(e.at, "%s has no name", entry.ID())
		default:
			if t.at == nil {
				t.at = map[string]*T{}
			}
			t.list = append(t.list, x)
			t.at[entry.Slug] = x
		}
	}
}

func (l *loader) readLists(in []element) {
	for _, e := range in {
		var x struct {
			Source, Edition, Title, Prefix, Form string
			Whole, Dated, Superseded             bool
			IDs                                  [][2]string
		}
		if !l.decode(e, &x) {
			continue
		}
		list := &List{Source: x.Source, Edition: x.Edition, Title: x.Title, Prefix: x.Prefix,
			Whole: x.Whole, Dated: x.Dated, Superseded: x.Superseded, name: map[string]string{}, at: e.at}
		var err error
		if list.form, err = regexp.Compile("^(?:" + x.Form + ")$"); err != nil || x.Form == "" {
			l.fail(e.at, "expected the form of identifiers as a regular expression, found %q", x.Form)
			continue
		}
		if x.Source == "" || x.Edition == "" || x.Title == "" || strings.Contains(x.Edition, " ") {
			l.fail(e.at, "expected a source, an edition without blanks and a title, found %q, %q, %q", x.Source, x.Edition, x.Title)
		}
		for _, id := range x.IDs {
			if _, twice := list.name[id[0]]; twice || !list.form.MatchString(id[0]) {
				l.fail(e.at, "%s: %q stands there twice or has another form than %s", list.Name(), id[0], x.Form)
			}
			list.Items = append(list.Items, Item{id[0], id[1]})
			list.name[id[0]] = id[1]
		}
		if l.c.list(list.Name()) != nil {
			l.fail(e.at, "the list %s is already there", list.Name())
			continue
		}
		l.c.lists = append(l.c.lists, list)
	}
}

func (l *loader) readMoves(in []element) {
	for _, e := range in {
		m := &Move{at: e.at}
		if l.decode(e, m) {
			l.c.moves = append(l.c.moves, m)
		}
	}
}

// list returns an edition by its name.
func (c *Catalog) list(name string) *List {
	for _, l := range c.lists {
		if l.Name() == name {
			return l
		}
	}
	return nil
}

func (l *loader) readPatterns(fsys fs.FS) {
	entries, err := fs.ReadDir(fsys, "patterns")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.fail(place{file: "patterns"}, "cannot be read: %v", err)
	}
	for _, entry := range entries {
		name := path.Join("patterns", entry.Name())
		slug, ok := strings.CutSuffix(entry.Name(), ".atree")
		p := l.c.patterns.at[slug]
		switch {
		case !ok:
			l.fail(place{file: name}, "expected a file called SLUG.atree")
			continue
		case p == nil:
			l.fail(place{file: name}, "no pattern of data/patterns.json has the slug %q", slug)
			continue
		case p.src != nil:
			l.fail(place{file: name}, "the other catalogue has a pattern %q", slug)
			continue
		}
		src, err := readFile(fsys, name)
		if err != nil {
			l.fail(place{file: name}, "cannot be read: %v", err)
			continue
		}
		p.src = src
	}
}
