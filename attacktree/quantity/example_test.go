package quantity_test

import (
	"fmt"

	"github.com/atree-dev/atree/attacktree/quantity"
)

func Example() {
	cost, err := quantity.NewPERT(10_000, 20_000, 60_000)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(cost)
	fmt.Printf("mean %.0f, nine times in ten below %.0f\n", cost.Mean(), cost.Quantile(0.9))
	// Output:
	// pert(10000, 20000, 60000)
	// mean 25000, nine times in ten below 37267
}

// A 90 % interval for a likelihood: 10..30 % is no plain 20 %.
func ExampleNewLogitNormal() {
	d, err := quantity.NewLogitNormal(0.1, 0.3)
	fmt.Println(d, err)
	fmt.Printf("median %.4f, mean %.4f\n", d.Quantile(0.5), d.Mean())

	_, err = quantity.NewLogitNormal(0.3, 0.1)
	fmt.Println(err)
	// Output:
	// 0.1..0.3 <nil>
	// median 0.1791, mean 0.1868
	// quantity: 0.3..0.1: expected 0 < low < high < 1
}

// Two numbers that share a parameter are drawn together.
func ExampleOfParam() {
	phishing, _ := quantity.NewBeta(4, 16)
	staff := quantity.OfParam("phish-rate", phishing, 1)
	admins := quantity.OfParam("phish-rate", phishing, 0.5)
	fmt.Println(staff, admins)
	fmt.Printf("%.2f %.2f\n", staff.Mean(), admins.Mean())
	fmt.Println(admins.Quantile(0.8) == 0.5*staff.Quantile(0.8))
	// Output:
	// phish-rate 0.5 * phish-rate
	// 0.20 0.10
	// true
}

func ExampleUnit_Apply() {
	for _, symbol := range []string{"k", "%", "w"} {
		unit, _ := quantity.LookupUnit(symbol)
		fmt.Println(unit.Apply(3))
	}
	// Output:
	// 3000
	// 0.03
	// 21
}
