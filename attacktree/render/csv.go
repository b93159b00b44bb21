package render

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// CSV is the JSON laid flat: a column is the keys on the way to a value, joined
// by "_". Lists of names are joined by blanks, which no name holds; what does
// not exist is empty; lists of objects have no place in a row and are left out.
//
// Texts are written as the model holds them, for programs to read. A spreadsheet
// takes a cell that begins with =, +, - or @ for a formula: import labels of
// models that others wrote as text.

// writeCSV writes a header and one record a row. The columns depend on the
// type T alone, so that every run has the same ones.
func writeCSV[T any](w io.Writer, rows []T) error {
	out := csv.NewWriter(w)
	if err := out.Write(csvHeader(nil, "", reflect.TypeFor[T]())); err != nil {
		return err
	}
	for _, r := range rows {
		if err := out.Write(csvRecord(nil, reflect.TypeFor[T](), reflect.ValueOf(r))); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// csvHeader appends the names of the columns of type t.
func csvHeader(names []string, key string, t reflect.Type) []string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case isObjects(t):
		return names
	case t.Kind() != reflect.Struct:
		return append(names, key)
	}
	for i := range t.NumField() {
		field, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if key != "" && field != "" {
			field = key + "_" + field
		}
		names = csvHeader(names, field, t.Field(i).Type)
	}
	return names
}

// csvRecord appends the values of v, a value of type t or nothing where a
// pointer on the way to it is nil.
func csvRecord(cells []string, t reflect.Type, v reflect.Value) []string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
		if v.IsValid() {
			v = v.Elem()
		}
	}
	switch {
	case isObjects(t):
		return cells
	case t.Kind() != reflect.Struct:
		return append(cells, csvCell(v))
	}
	for i := range t.NumField() {
		var field reflect.Value
		if v.IsValid() {
			field = v.Field(i)
		}
		cells = csvRecord(cells, t.Field(i).Type, field)
	}
	return cells
}

func isObjects(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct
}

func csvCell(v reflect.Value) string {
	if !v.IsValid() {
		return ""
	}
	switch x := v.Interface().(type) {
	case string:
		return x
	case bool:
		return strconv.FormatBool(x)
	case int:
		return strconv.Itoa(x)
	case uint64:
		return strconv.FormatUint(x, 10)
	case float64:
		text, err := json.Marshal(x) // written as in JSON
		if err != nil {              // not a finite number
			return ""
		}
		return string(text)
	case []string:
		return strings.Join(x, " ")
	case map[string]string:
		var parts []string
		for _, k := range slices.Sorted(maps.Keys(x)) {
			parts = append(parts, k+": "+x[k])
		}
		return strings.Join(parts, "; ")
	}
	return ""
}
