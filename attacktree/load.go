package attacktree

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/atree-dev/atree/attacktree/diag"
	"github.com/atree-dev/atree/attacktree/dsl"
)

// Reading files: the root file, what it imports and copies, what these import
// and copy, and so on, breadth first. Then the files become one Model, which is
// checked like any other.

// ParseFile reads and checks the tree in a file. Imports are read below the
// file's folder; no path and no symbolic link leads out of it. Patterns of a
// catalogue are not at hand; use a [Loader] for these.
//
// The error is a [diag.List] if the text was read and is wrong, and wraps that
// of the file system if it could not be read.
func ParseFile(name string) (*Tree, error) {
	dir, base := filepath.Split(name)
	root, err := os.OpenRoot(filepath.Clean(dir))
	if err != nil {
		return nil, fmt.Errorf("attacktree: %w", err)
	}
	defer root.Close()
	l := Loader{FS: root.FS(), Dir: filepath.ToSlash(filepath.Clean(dir))}
	return l.Load(base)
}

// Parse reads and checks the tree in src; name is used in messages. It cannot
// import files, since it does not know where they would be; a [Loader] can. The
// error is a [diag.List].
func Parse(name string, src []byte) (*Tree, error) {
	return new(Loader).Parse(name, src)
}

// A Loader reads trees. The zero Loader reads texts that import nothing.
type Loader struct {
	// FS is where files are read: the root folder. Paths in a file are relative
	// to it and cannot leave FS. That symbolic links cannot either is up to FS;
	// that of an [os.Root] sees to it.
	FS fs.FS

	// Library answers paths that begin with catalog:. If it is a [Guide], it is
	// asked about threats and references as well.
	Library Library

	// GoalOptional allows a tree without a goal, as a file of parts for others is.
	GoalOptional bool

	// MaxFiles is how many files and copies a tree may be made of; 0: 1000.
	MaxFiles int

	// MaxNodes is how many nodes a tree may have; 0: 4 million. Copies of
	// copies grow quickly.
	MaxNodes int

	// Dir is put in front of paths in messages: the folder of FS.
	Dir string
}

const (
	defaultMaxFiles = 1000
	defaultMaxNodes = 4_000_000
	maxFileSize     = 256 << 20 // bytes
)

// A Library holds patterns: trees that others are built from.
type Library interface {
	// Pattern returns the text of the pattern, and false if there is none of
	// that name.
	Pattern(name string) (src []byte, ok bool)
}

// catalogPrefix begins the paths that a Library answers.
const catalogPrefix = "catalog:"

// Load reads and checks the tree in a file of l.FS. The error is a [diag.List]
// if the text was read and is wrong, and wraps that of the file system if it
// could not be read.
func (l *Loader) Load(name string) (*Tree, error) {
	if l.FS == nil {
		return nil, fmt.Errorf("attacktree: cannot read %s: the loader has no file system", name)
	}
	name = path.Clean(filepath.ToSlash(name))
	shown := path.Join(l.Dir, name)
	src, info, err := readFile(l.FS, name)
	if cause := (*fs.PathError)(nil); errors.As(err, &cause) {
		err = &fs.PathError{Op: "read", Path: shown, Err: cause.Err} // not by a call that nobody made
	}
	if err != nil {
		return nil, fmt.Errorf("attacktree: %w", err)
	}
	return l.load(shown, name, src, info)
}

// Parse reads and checks the tree in src. Its imports are read as if src stood
// in a file called name of l.FS, or at the root if that is no path there, as of
// standard input. The error is a [diag.List].
func (l *Loader) Parse(name string, src []byte) (*Tree, error) {
	at := path.Clean(filepath.ToSlash(name))
	if !fs.ValidPath(at) {
		at = ""
	}
	return l.load(name, at, src, nil)
}

func (l *Loader) load(shown, at string, src []byte, info fs.FileInfo) (*Tree, error) {
	r := &reader{l: l, byPath: map[string]*source{}}
	root := r.parse(shown, at, src)
	root.info = info
	r.readAll(root)
	r.checkImportCycles()
	if r.cyclic {
		return nil, r.problems.sorted((&origins{sources: r.sources}).rank, nil).Err()
	}
	b := r.build()
	c := newChecker(b.m)
	c.origins = &origins{sources: r.sources, replaced: b.replaced}
	c.t.slips = b.slips
	c.t.copies = map[*diag.Source]int{}
	for _, p := range b.parts {
		c.t.copies[p.source.file.Source]++
	}
	c.partial = r.partial
	c.goalOptional = l.GoalOptional
	c.library = l.Library
	c.problems = r.problems
	return c.tree()
}

// A source is a file that was read, and what it imports and copies.
type source struct {
	path  string      // below the root, or catalog:NAME; empty: nobody can import it
	info  fs.FileInfo // of a file, to know it again under another path; else nil
	file  *dsl.File
	model *dsl.Model // nil: none
	links []*link
}

// A link is an import or a copy.
type link struct {
	path dsl.Text
	name dsl.Word
	copy *dsl.Copy // nil: an import
	to   *source   // nil: could not be read
}

// A reader reads the files of one tree.
type reader struct {
	l        *Loader
	problems problems
	partial  bool // something could not be read
	cyclic   bool
	sources  []*source // breadth first, in written order
	byPath   map[string]*source
}

func (r *reader) report(code diag.Code, span diag.Span, format string, args ...any) *diag.Problem {
	p := &diag.Problem{Code: code, Span: span, Message: fmt.Sprintf(format, args...)}
	r.problems.add(p)
	return p
}

// parse reads the syntax of one text and files it under its path.
func (r *reader) parse(shown, at string, src []byte) *source {
	file, found := dsl.Parse(shown, src)
	for _, p := range found {
		r.problems.add(p)
	}
	if r.problems.broken == nil {
		r.problems.broken = map[diag.Span]bool{}
	}
	for _, p := range found {
		r.problems.broken[p.Span] = true
	}
	r.partial = r.partial || found.Err() != nil
	s := &source{path: at, file: file}
	r.sources = append(r.sources, s)
	if at != "" {
		r.byPath[at] = s
	}
	names := map[string]diag.Span{}
	for _, d := range file.Decls {
		var ln *link
		switch d := d.(type) {
		case *dsl.Model:
			if s.model != nil {
				r.report("duplicate-model", d.Span, "a file has one model").
					Related = []diag.Related{{Message: "first declared here", Span: s.model.Span}}
				continue
			}
			s.model = d
			continue
		case *dsl.Import:
			ln = &link{path: d.Path, name: d.Name}
		case *dsl.Copy:
			ln = &link{path: d.Path, name: d.Name, copy: d}
		default:
			continue
		}
		if first, taken := names[ln.name.Text]; taken {
			r.report("duplicate-name", ln.name.Span, "the name %q is given to an import twice", ln.name.Text).
				Related = []diag.Related{{Message: "first given here", Span: first}}
			continue
		}
		names[ln.name.Text] = ln.name.Span
		s.links = append(s.links, ln)
	}
	return s
}

// readAll reads what root imports and copies, each file once.
func (r *reader) readAll(root *source) {
	for i := 0; i < len(r.sources); i++ {
		from := r.sources[i]
		for _, ln := range from.links {
			ln.to = r.follow(from, ln.path)
			r.partial = r.partial || ln.to == nil
		}
	}
}

// follow returns the source at the path of an import, nil if it cannot be read.
func (r *reader) follow(from *source, to dsl.Text) *source {
	if name, ok := strings.CutPrefix(to.Value, catalogPrefix); ok {
		return r.pattern(name, to)
	}
	if strings.HasPrefix(from.path, catalogPrefix) {
		r.report("import-failed", to.Span, "a pattern of the catalogue has no files beside it").
			Hint = "expected a path such as catalog:NAME"
		return nil
	}
	if r.l.FS == nil {
		r.report("import-failed", to.Span, "cannot import %q: this text has no folder to read files from", to.Value).
			Hint = "load it from a file"
		return nil
	}
	at := path.Join(path.Dir(from.path), to.Value)
	switch {
	case to.Value == "" || strings.Contains(to.Value, `\`):
		r.report("import-failed", to.Span, "expected a path with slashes, such as parts/theft.atree, found %q", to.Value)
		return nil
	case path.IsAbs(to.Value) || !fs.ValidPath(at):
		r.report("outside-root", to.Span, "%q leads out of the root folder", to.Value).
			Hint = "paths are relative to the file that they stand in, and stay below the root folder"
		return nil
	}
	if s, read := r.byPath[at]; read {
		return s
	}
	if r.tooMany(to) {
		return nil
	}
	src, info, err := readFile(r.l.FS, at)
	switch {
	case err == nil:
		for _, s := range r.sources { // one file is one source, whatever links lead to it
			if s.info != nil && os.SameFile(s.info, info) {
				r.byPath[at] = s
				return s
			}
		}
		s := r.parse(path.Join(r.l.Dir, at), at, src)
		s.info = info
		return s
	case errors.Is(err, fs.ErrNotExist):
		p := r.report("import-failed", to.Span, "there is no file %q", path.Join(r.l.Dir, at))
		if near := nearFile(r.l.FS, at); near != "" {
			p.Hint = fmt.Sprintf("did you mean %q?", path.Join(path.Dir(to.Value), near))
		}
	case strings.Contains(err.Error(), "escapes"): // what an os.Root says
		r.report("outside-root", to.Span, "%q leads out of the root folder by a symbolic link", to.Value)
	default:
		if pathErr := (*fs.PathError)(nil); errors.As(err, &pathErr) {
			err = pathErr.Err
		}
		r.report("import-failed", to.Span, "cannot read %q: %v", path.Join(r.l.Dir, at), err)
	}
	return nil
}

func (r *reader) pattern(name string, to dsl.Text) *source {
	at := catalogPrefix + name
	if s, read := r.byPath[at]; read {
		return s
	}
	if r.l.Library == nil {
		r.report("import-failed", to.Span, "cannot import %q: no catalogue is at hand", to.Value).
			Hint = "in Go, set Loader.Library to catalog.Library()"
		return nil
	}
	if r.tooMany(to) {
		return nil
	}
	src, ok := r.l.Library.Pattern(name)
	if !ok {
		p := r.report("import-failed", to.Span, "the catalogue has no pattern %q", name)
		if guide, ok := r.l.Library.(Guide); ok {
			p.Hint = guide.HintPattern(name)
		}
		return nil
	}
	return r.parse(at, at, src)
}

// tooMany reports an import beyond the limit.
func (r *reader) tooMany(to dsl.Text) bool {
	limit := r.l.maxFiles()
	if len(r.sources) < limit {
		return false
	}
	r.report("import-limit", to.Span, "the tree is made of more files than the limit, which is %d", limit)
	return true
}

func (l *Loader) maxFiles() int { return positive(l.MaxFiles, defaultMaxFiles) }
func (l *Loader) maxNodes() int { return positive(l.MaxNodes, defaultMaxNodes) }

func positive(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}

// readFile reads at most one byte more than a file may have, which the parser
// then refuses. Only regular files are opened: a pipe may never begin to speak,
// and a device never end.
func readFile(fsys fs.FS, name string) ([]byte, fs.FileInfo, error) {
	info, err := fs.Stat(fsys, name)
	if err != nil {
		return nil, nil, err
	}
	if info.IsDir() {
		return nil, nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("is a folder; expected a file")}
	}
	if !info.Mode().IsRegular() {
		return nil, nil, &fs.PathError{Op: "read", Path: name, Err: errors.New("is no regular file")}
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, maxFileSize+1))
	return src, info, err
}

// nearFile returns the name of the file in the same folder that is most like
// that of the one that was looked for.
func nearFile(fsys fs.FS, name string) string {
	entries, err := fs.ReadDir(fsys, path.Dir(name))
	if err != nil {
		return ""
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return diag.Nearest(path.Base(name), names)
}

// checkImportCycles refuses files that import or copy themselves, perhaps by way
// of others.
func (r *reader) checkImportCycles() {
	id := map[*source]int32{}
	for i, s := range r.sources {
		id[s] = int32(i)
	}
	next := make([][]int32, len(r.sources)) // from a file to those that import it
	for i, s := range r.sources {
		for _, ln := range s.links {
			if ln.to != nil {
				next[id[ln.to]] = append(next[id[ln.to]], int32(i))
			}
		}
	}
	_, rest := topological(next)
	for _, cycle := range cycles(next, rest) {
		r.cyclic = true
		first, second := r.sources[cycle[0]], r.sources[cycle[1%len(cycle)]]
		for _, ln := range first.links {
			if ln.to == second {
				r.report("import-cycle", ln.path.Span, "a file cannot import itself: %s",
					pathOf(cycle, func(i int32) string { return r.sources[i].path }))
				break
			}
		}
	}
}
