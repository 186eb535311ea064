package report

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"

	"github.com/bcl-go/bcl/bcl/augment"
	"github.com/bcl-go/bcl/bcl/rgb"
)

// scene is a map of features.
type scene struct {
	Data             string // JSON for the page's script
	Layouts, Colours []string
	Text             string
	Sprite           template.URL // thumbnails of all points in a sheet
}

// Of sheets of thumbnails.
const (
	spriteSide    = 36
	spriteColumns = 40
)

func (p *pageData) images() (s section) {
	s = section{ID: "images", Title: "Images"}
	for _, r := range p.runs {
		pics := r.Pictures
		if pics == nil {
			continue
		}
		used := "and the views that training makes of them next."
		if !r.boosted() {
			used = fmt.Sprintf("and their views. %s makes the views of all images alike; its memory only records.", r.Settings.Get("method"))
		}
		for _, g := range []struct {
			title, note string
			list        []Boosted
		}{{"Most boosted", "The images of the highest weights " + used, pics.Most}, {"Least boosted", "The images of the lowest weights " + used, pics.Least}} {
			if b, ok := gallery(p.of(r, g.title), g.note, part(p, g.list), nil); ok {
				s.Blocks = append(s.Blocks, b)
			}
		}
		if b, ok := gallery(p.of(r, "Views by weight"), "The same crop, boosted as strongly as a sample of each weight may get it.", part(p, pics.Ladders), pics.Weights); ok {
			s.Blocks = append(s.Blocks, b)
		}
	}
	return s
}

// part is the share of a list that the page has room for.
func part[T any](p *pageData, list []T) []T { return list[:int(p.share*float64(len(list)))] }

// gallery is a block of samples with their views.
func gallery(title, note string, list []Boosted, weights []float64) (b block, ok bool) {
	b = block{Title: title, Note: note}
	for _, w := range weights {
		b.Columns = append(b.Columns, fmt.Sprintf("w = %s", short(w)))
	}
	for _, x := range list {
		s, err := x.strip(weights)
		if err != nil {
			continue
		}
		if weights == nil {
			s.Title = fmt.Sprintf("%.2f · %s", x.Weight, s.Title)
		}
		b.Strips = append(b.Strips, s)
	}
	return b, len(b.Strips) > 0
}

func (p *pageData) space() (s section) {
	s = section{ID: "features", Title: "Features"}
	for _, r := range p.runs {
		f := r.Features
		if f == nil {
			continue
		}
		s.Lead = fmt.Sprintf("What the network makes of %d of the training images. Near means alike to the network; labels had no part in it.", len(f.Rows))
		if m, err := r.scene(p.share >= 0.5); err == nil {
			s.Blocks = append(s.Blocks, block{Title: p.of(r, "Map"), Map: m, Wide: true,
				Note: fmt.Sprintf("UMAP keeps neighbours together; its distances between groups mean little. The two principal components have %.0f%% and %.0f%% of the variance.", 100*f.Share[0], 100*f.Share[1])})
		}
		if r.Labels != nil {
			t := table{Head: []string{"of the class", "its nearest are of", "share"}}
			for _, c := range f.confusions(r.Labels, len(r.Classes), 12) {
				t.Rows = append(t.Rows, []string{r.Classes[c.from], r.Classes[c.to], fmt.Sprintf("%.0f%%", 100*c.share)})
			}
			if t.Rows != nil {
				s.Blocks = append(s.Blocks, block{Title: p.of(r, "Classes that are confused"), Note: "Of each image the five nearest others are asked for their class.", Table: &t})
			}
		}
		if f.Images != nil {
			s.Blocks = append(s.Blocks, r.alike(p)...)
		}
	}
	return s
}

// alike are neighbours, duplicates and outliers.
func (r *Run) alike(p *pageData) (blocks []block) {
	f := r.Features
	tile := func(i int, text string) thumb {
		t, err := newThumb(f.Images[i], thumbSide, r.nameOf(f.Rows[i])+text)
		if err != nil {
			return thumb{Text: text}
		}
		return t
	}
	row := func(i int, others []int, cosines []float64, title string) strip {
		s := strip{Title: title, Class: r.classOf(f.Rows[i]), Image: tile(i, "")}
		for k, j := range others {
			s.Views = append(s.Views, tile(j, fmt.Sprintf(", cosine %.3f", cosines[k])))
		}
		return s
	}
	near := block{Title: p.of(r, "Nearest neighbours"), Note: "Left an image, then its four nearest: of the most and the least boosted that are mapped."}
	for _, i := range part(p, r.chosen(4)) {
		var others []int
		var cosines []float64
		for m := range min(4, f.knn.K) {
			others, cosines = append(others, int(f.knn.Index[i*f.knn.K+m])), append(cosines, f.cosine(i, m))
		}
		near.Strips = append(near.Strips, row(i, others, cosines, r.nameOf(f.Rows[i])))
	}
	twins := block{Title: p.of(r, "Likely duplicates"), Note: "Pairs that the network can hardly tell apart, the closest first."}
	for _, d := range part(p, f.duplicates(8)) {
		twins.Strips = append(twins.Strips, row(d.a, []int{d.b}, []float64{d.cosine}, fmt.Sprintf("%.3f · %s = %s", d.cosine, r.nameOf(f.Rows[d.a]), r.nameOf(f.Rows[d.b]))))
	}
	far := block{Title: p.of(r, "Outliers"), Note: "Images that are far from all others, and their nearest: rare kinds, or damaged files."}
	for _, o := range part(p, f.outliers(8)) {
		far.Strips = append(far.Strips, row(o.a, []int{o.b}, []float64{f.cosine(o.a, 0)}, fmt.Sprintf("%.3f · %s", o.cosine, r.nameOf(f.Rows[o.a]))))
	}
	for _, b := range []block{near, twins, far} {
		if b.Strips != nil {
			blocks = append(blocks, b)
		}
	}
	return blocks
}

// chosen are the places of the k most and the k least boosted samples of the map.
func (r *Run) chosen(k int) []int {
	f := r.Features
	order := make([]int, len(f.Rows))
	for i := range order {
		order[i] = i
	}
	if r.Memory != nil {
		slices.SortStableFunc(order, func(a, b int) int {
			x, y := r.Memory.Weights[f.Rows[a]], r.Memory.Weights[f.Rows[b]]
			switch {
			case x > y:
				return -1
			case x < y:
				return 1
			}
			return 0
		})
	}
	if len(order) <= 2*k {
		return order
	}
	return append(order[:k:k], order[len(order)-k:]...)
}

func (r *Run) nameOf(sample int) string {
	if sample < len(r.names) {
		return r.names[sample]
	}
	return fmt.Sprintf("sample %d", sample)
}

func (r *Run) classOf(sample int) string {
	if r.Labels == nil || r.Labels[sample] < 0 {
		return ""
	}
	return r.Classes[r.Labels[sample]]
}

// scene packs the map for the page's script.
func (r *Run) scene(images bool) (*scene, error) {
	f := r.Features
	n := len(f.Rows)
	sc := &scene{Layouts: []string{"UMAP", "PCA"}, Text: fmt.Sprintf("Map of %d images by their features; tables below list classes that are confused, and neighbours", n)}
	type data struct {
		UMAP    string   `json:"umap"`
		PCA     string   `json:"pca"`
		Names   []string `json:"names"`
		Weights []int    `json:"w,omitempty"` // hundredths
		Labels  []int    `json:"c,omitempty"`
		Classes []string `json:"classes,omitempty"`
		Groups  []int    `json:"g,omitempty"` // of each class: 0 to 2, or -1
		Side    int      `json:"side"`
		Columns int      `json:"columns"`
	}
	d := data{UMAP: pack(f.UMAP), PCA: pack(f.PCA), Side: spriteSide, Columns: spriteColumns}
	for _, row := range f.Rows {
		d.Names = append(d.Names, clip(r.nameOf(row), 60))
		if r.Memory != nil {
			d.Weights = append(d.Weights, int(100*r.Memory.Weights[row]+0.5))
		}
		if r.Labels != nil {
			d.Labels = append(d.Labels, r.Labels[row])
		}
	}
	if r.Labels != nil {
		sc.Colours = append(sc.Colours, "class")
		d.Classes = r.Classes
		for c := range r.Classes {
			g := -1
			for k, in := range r.Groups {
				if slices.Contains(in, c) {
					g = k
				}
			}
			d.Groups = append(d.Groups, g)
		}
		if !r.Groups.None() {
			sc.Colours = append(sc.Colours, "group")
		}
	}
	if r.Memory != nil {
		sc.Colours = append(sc.Colours, "weight")
	}
	text, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	sc.Data = string(text)
	if f.Images != nil && images {
		sc.Sprite, err = sprite(f.Images)
	}
	return sc, err
}

// pack writes coordinates as int16 of their range, in base64.
func pack(y []float32) string {
	var mid, span [2]float32
	for axis := range 2 {
		lo, hi := y[axis], y[axis]
		for i := axis; i < len(y); i += 2 {
			lo, hi = min(lo, y[i]), max(hi, y[i])
		}
		mid[axis], span[axis] = (lo+hi)/2, max((hi-lo)/2, 1e-9)
	}
	var b []byte
	for i, v := range y {
		b = binary.LittleEndian.AppendUint16(b, uint16(int16((v-mid[i%2])/span[i%2]*32767)))
	}
	return base64.StdEncoding.EncodeToString(b)
}

// sprite is a sheet of thumbnails in rows.
func sprite(images []*rgb.Image) (template.URL, error) {
	rows := (len(images) + spriteColumns - 1) / spriteColumns
	sheet, one := rgb.New(spriteColumns*spriteSide, rows*spriteSide), make([]byte, spriteSide*spriteSide*3)
	worker := (&augment.Pipeline{Size: spriteSide}).NewWorker()
	for k, m := range images {
		worker.Plain(one, m, spriteSide)
		x, y := k%spriteColumns*spriteSide, k/spriteColumns*spriteSide
		for row := range spriteSide {
			copy(sheet.Pix[3*((y+row)*sheet.W+x):], one[3*row*spriteSide:3*(row+1)*spriteSide])
		}
	}
	return dataURL(sheet, 70)
}
