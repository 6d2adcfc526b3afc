"""Colours by role, the same names in both themes; contrast was computed for text on every ground it stands on."""

from dataclasses import dataclass
from typing import Literal

Mode = Literal["dark", "light"]


@dataclass(frozen=True, slots=True)
class Tokens:
    """One theme. `*_tint` is the ground of a pill or strip whose text is the colour of the same name.

    `series` are the lines of charts, in the order they are used.
    """

    mode: Mode
    window: str
    sidebar: str
    surface: str
    raised: str
    hover: str
    nav_on: str
    selected: str
    line: str
    line2: str
    control: str
    text: str
    text2: str
    text3: str
    accent: str
    accent_fill: str
    on_fill: str
    ok: str
    ok_tint: str
    warn: str
    warn_tint: str
    danger: str
    danger_tint: str
    danger_fill: str
    info_tint: str
    neutral_tint: str
    production: str
    production_tint: str
    staging: str
    staging_tint: str
    development: str
    development_tint: str
    waiting: str
    hatch: str
    syntax_string: str
    syntax_number: str
    dim: str
    series: tuple[str, ...]

    @property
    def measure_in(self) -> str:
        """What comes in, in every chart."""
        return self.series[0]

    @property
    def measure_out(self) -> str:
        """What goes out, in every chart."""
        return self.series[2]

    @property
    def measure_dead(self) -> str:
        """Dead letters and what came back, in every chart."""
        return self.series[3]


DARK = Tokens(
    mode="dark",
    window="#0E1114",
    sidebar="#121619",
    surface="#15191E",
    raised="#1B2026",
    hover="#1F252C",
    nav_on="#1F252C",
    selected="#1B2D46",
    line="#22282F",
    line2="#3A434D",
    control="#65717D",
    text="#E7EBEF",
    text2="#B0B9C3",
    text3="#8994A0",
    accent="#6CABF7",
    accent_fill="#2C6BD0",
    on_fill="#FFFFFF",
    ok="#5DBB8E",
    ok_tint="#14261F",
    warn="#E3A94C",
    warn_tint="#2B2415",
    danger="#F27D76",
    danger_tint="#331C1E",
    danger_fill="#B93A36",
    info_tint="#17253A",
    neutral_tint="#20262D",
    production="#C596F4",
    production_tint="#281C38",
    staging="#52BFCA",
    staging_tint="#12292C",
    development="#9AA5B1",
    development_tint="#20262D",
    waiting="#97989F",
    hatch="#2C343D",
    syntax_string="#9CCFB6",
    syntax_number="#DDB67E",
    dim="#9605070A",
    series=("#5A86F5", "#D07A22", "#6FEFB2", "#F5CBEC", "#D2D63A", "#4DB5F3", "#C6917C", "#97989F"),
)

LIGHT = Tokens(
    mode="light",
    window="#F3F4F6",
    sidebar="#ECEEF1",
    surface="#FFFFFF",
    raised="#F6F7F9",
    hover="#EFF2F5",
    nav_on="#DBE0E6",
    selected="#DCE9FB",
    line="#E4E7EB",
    line2="#BCC4CC",
    control="#7E8893",
    text="#171B1F",
    text2="#454E58",
    text3="#5D6772",
    accent="#1D5DBD",
    accent_fill="#2463C4",
    on_fill="#FFFFFF",
    ok="#19744B",
    ok_tint="#E3F4EB",
    warn="#855600",
    warn_tint="#FBF0D8",
    danger="#B42A26",
    danger_tint="#FCE8E6",
    danger_fill="#B93A36",
    info_tint="#E4EEFC",
    neutral_tint="#EBEEF1",
    production="#752CB0",
    production_tint="#F3E9FC",
    staging="#0E6672",
    staging_tint="#DEF1F4",
    development="#5D6772",
    development_tint="#EBEEF1",
    waiting="#171B1F",
    hatch="#D5DAE0",
    syntax_string="#1C6B4B",
    syntax_number="#86560C",
    dim="#8C05070A",
    series=("#2D5DF2", "#9F6D0A", "#10654E", "#8D0973", "#66581A", "#0A81A0", "#61382A", "#6E6F77"),
)

THEMES: dict[Mode, Tokens] = {"dark": DARK, "light": LIGHT}
