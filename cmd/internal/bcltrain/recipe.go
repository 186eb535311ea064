package bcltrain

import (
	"embed"
	"strings"

	"github.com/bcl-go/bcl/bcl/settings/training"
	"github.com/bcl-go/bcl/cmd/internal/cli"
)

//go:embed recipes/*.yaml
var recipes embed.FS

// recipeNames lists the values of --recipe.
func recipeNames() (names []string) {
	entries, err := recipes.ReadDir("recipes")
	if err != nil {
		panic(err) // embedded
	}
	for _, e := range entries {
		if name := strings.TrimSuffix(e.Name(), ".yaml"); !strings.Contains(name, ".") {
			names = append(names, name)
		}
	}
	return names
}

// follow sets from --recipe what neither flags nor --config set: first from RECIPE.OBJECTIVE
// and RECIPE.boost, if the recipe has something else for the method's objective or for
// methods that boost, then from RECIPE.
func (o *options) follow() error {
	if o.recipe == "" {
		return nil
	}
	text, err := recipes.ReadFile("recipes/" + o.recipe + ".yaml")
	if err != nil || strings.Contains(o.recipe, ".") {
		return cli.Usagef("unknown recipe %q; the recipes are %s", o.recipe, strings.Join(recipeNames(), ", "))
	}
	source := "recipe " + o.recipe
	kinds := []string{o.config.Method.Traits().Objective}
	if o.config.Method.Boosted() {
		kinds = append(kinds, training.Boost)
	}
	for _, kind := range kinds {
		if special, err := recipes.ReadFile("recipes/" + o.recipe + "." + kind + ".yaml"); err == nil {
			if err := cli.ApplyConfig(o.flags, special, source); err != nil {
				return err
			}
		}
	}
	return cli.ApplyConfig(o.flags, text, source)
}
