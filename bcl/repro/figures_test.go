package repro

import (
	"maps"
	"slices"
	"testing"

	"github.com/bcl-go/bcl/bcl/protocol"
	"github.com/bcl-go/bcl/bcl/score"
	"github.com/bcl-go/bcl/bcl/settings"
)

// The figures of a call of bcl-eval go to the protocols of its rows.
func TestAdd(t *testing.T) {
	o, err := score.ParseResults([]byte(`{"rows": [
		{"network": "untrained", "protocol": "full", "classifier": "probe", "accuracy": {"top1": 1}},
		{"network": "trained", "protocol": "full", "classifier": "knn", "accuracy": {"top1": 40}},
		{"network": "trained", "protocol": "full", "classifier": "probe", "accuracy": {"top1": 50, "groups": [60, 50, 40], "std": 8}},
		{"network": "trained", "protocol": "5-shot", "classifier": "knn", "accuracy": {"top1": 20}},
		{"network": "trained", "protocol": "5-shot", "classifier": "probe", "accuracy": {"top1": 30, "groups": [35, null, 25], "std": 5}, "spread": {"top1": 0.5}}],
		"tail_discovery": [{"few_auc": 0.5}, {"few_auc": 0.75}]}`))
	if err != nil {
		t.Fatal(err)
	}
	whole, few := protocol.Spec{Name: "whole"}, protocol.Spec{Name: "few", Shots: 5}
	for _, c := range []struct {
		first, second protocol.Spec
		want          map[string]float64
	}{
		{whole, few, map[string]float64{"whole": 50, KNN: 40, Many: 60, Medium: 50, Few: 40, Balance: 8, TailAUC: 0.75,
			"few": 30, "few Many": 35, "few Few": 25, "few balance": 5, "few subsets": 0.5}},
		{few, whole, map[string]float64{"few": 30, KNN: 20, Many: 35, Few: 25, Balance: 5, TailAUC: 0.75, "few subsets": 0.5,
			"whole": 50, "whole Many": 60, "whole Medium": 50, "whole Few": 40, "whole balance": 8}},
	} {
		specs := []protocol.Spec{c.first, c.second}
		named := *o // rows as named by this version
		named.Rows = slices.Clone(o.Rows)
		for i, row := range o.Rows {
			named.Rows[i].Protocol = map[string]string{"full": "whole", "5-shot": "few"}[row.Protocol]
		}
		names := c.first.Name + "," + c.second.Name
		for _, x := range []struct {
			result Result
			output *score.Results
		}{
			{Result{Protocol: names, Specs: specs}, &named},
			{Result{Protocol: names, Eval: settings.List{{Name: "shots", Value: oldShots(specs)}}}, o},
		} {
			r := &Run{Figures: make(map[string]float64)}
			r.add(x.output, &x.result, &Part{Protocols: specs})
			if !maps.Equal(r.Figures, c.want) {
				t.Errorf("figures %v, want %v", r.Figures, c.want)
			}
		}
	}
}
