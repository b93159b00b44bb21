package interchange_test

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// TestAralia reads the Aralia fault trees and holds their likelihoods against
// published ones. They are no part of this repository.
func TestAralia(t *testing.T) {
	dir := os.Getenv("ARALIA")
	if dir == "" {
		t.Skip("ARALIA is not set to a folder with the Aralia fault trees and answers.csv")
	}
	f, err := os.Open(filepath.Join(dir, "answers.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	checked := 0
	for _, row := range rows[1:] {
		name := row[column["model"]]
		want, err := strconv.ParseFloat(row[column["p_top_exact"]], 64)
		data, missing := os.ReadFile(filepath.Join(dir, name+".xml"))
		if err != nil || missing != nil || dear[name] {
			continue
		}
		t.Run(name, func(t *testing.T) {
			if got := likelihoodOf(t, data); !(math.Abs(got-want) <= 1e-9*want) {
				t.Errorf("the likelihood is %v, want %v", got, want)
			}
			want, err := strconv.ParseFloat(row[column["p_nonuniform"]], 64)
			if got := likelihoodOf(t, spread(data)); err != nil || !(math.Abs(got-want) <= 1e-9*want) {
				t.Errorf("at other probabilities the likelihood is %v, want %v", got, want)
			}
		})
		checked++
	}
	if checked == 0 {
		t.Errorf("no model of %s was found", dir)
	}
}

// spread gives the k-th event, from 1 on, the probability
// 10^-(0.5 + 3.5 frac(k/phi)), to six digits.
func spread(data []byte) []byte {
	const same = `<float value="0.01"/>`
	k := 0
	return regexp.MustCompile(same).ReplaceAllFunc(data, func([]byte) []byte {
		k++
		_, frac := math.Modf(float64(k) * 0.6180339887498949)
		return fmt.Appendf(nil, `<float value="%.6g"/>`, math.Pow(10, -(0.5+3.5*frac)))
	})
}

// dear models take more than a few seconds, or have no known answer.
var dear = map[string]bool{"das9701": true, "nus9601": true}
