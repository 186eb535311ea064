package bcltrain

import (
	"embed"
	"strings"

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
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	return names
}

// follow sets from --recipe what neither flags nor --config set.
func (o *options) follow() error {
	if o.recipe == "" {
		return nil
	}
	text, err := recipes.ReadFile("recipes/" + o.recipe + ".yaml")
	if err != nil {
		return cli.Usagef("unknown recipe %q; the recipes are %s", o.recipe, strings.Join(recipeNames(), ", "))
	}
	return cli.ApplyConfig(o.flags, text, "recipe "+o.recipe)
}
