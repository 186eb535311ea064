// Package views has the sources of views that a sampler deals: of images, those of
// training ([Images]) and of evaluation ([Plain], [Crops]). Text, rows of tables or pairs
// of them would be further sources: each says what its views are (sampler.Spec), and
// neither sampler nor training asks more.
package views
