// Loupe: one picture, as large as it fits.

import { View } from "winnow/cull/view/view"

export class Loupe extends View {
  name = "loupe"

  static of(pass) {
    pass.chosen.clear()
    return new Loupe(pass)
  }
}
