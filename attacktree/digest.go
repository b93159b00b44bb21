package attacktree

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"math"
	"reflect"

	"github.com/atree-dev/atree/attacktree/diag"
)

// digest returns the SHA-256 of what the model says: every field in the order of
// declaration, but for spans and the name of the file. Fields that are zero are
// left out, and a field that is there is led by its number, so no two models
// that differ write the same bytes.
func digest(m *Model) string {
	said := *m
	said.File = ""
	d := digester{hash: sha256.New(), buf: make([]byte, 0, digestBlock+1<<10)}
	d.write(reflect.ValueOf(&said).Elem())
	d.hash.Write(d.buf)
	return "sha256:" + hex.EncodeToString(d.hash.Sum(nil))
}

// A digester gathers bytes and hashes them block by block.
type digester struct {
	hash hash.Hash
	buf  []byte
}

const digestBlock = 1 << 15 // bytes

var spanType = reflect.TypeFor[diag.Span]()

// write goes down the types of a Model, which do not nest without end.
func (d *digester) write(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		d.write(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Field(i)
			if f.IsZero() || f.Kind() == reflect.Slice && f.Len() == 0 || f.Type() == spanType {
				continue
			}
			d.number(uint64(i) + 1)
			d.write(f)
		}
		d.number(0)
	case reflect.Slice:
		d.number(uint64(v.Len()))
		for i := range v.Len() {
			d.write(v.Index(i))
		}
	case reflect.String:
		d.number(uint64(v.Len()))
		d.buf = append(d.buf, v.String()...)
	case reflect.Float64:
		d.number(math.Float64bits(v.Float()))
	case reflect.Int:
		d.number(uint64(v.Int()))
	case reflect.Bool:
		d.number(1) // false is left out
	default:
		d.number(v.Uint())
	}
	if len(d.buf) >= digestBlock {
		d.hash.Write(d.buf)
		d.buf = d.buf[:0]
	}
}

func (d *digester) number(x uint64) { d.buf = binary.AppendUvarint(d.buf, x) }
