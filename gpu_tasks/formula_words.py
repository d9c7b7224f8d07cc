"""How LaTeX's commands and Greek letters are said."""

from collections.abc import Mapping

# To signs, which are said alike in plain text.
SIGNS = {
    "times": "×", "cdot": "×", "div": "÷", "pm": "±", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠",
    "ne": "≠", "approx": "≈", "to": "→", "rightarrow": "→", "Rightarrow": "→", "infty": "∞", "sum": "∑", "int": "∫",
    "circ": "°", "degree": "°", "ldots": "…", "cdots": "…", "dots": "…",
    "left": "", "right": "", "quad": "", "qquad": "", "displaystyle": "", "limits": "",
}  # fmt: skip

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "varepsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ",
    "tau": "τ", "phi": "φ", "varphi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Pi": "Π", "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ",
    "Omega": "Ω",
}  # fmt: skip
_CHINESE_GREEK = {
    "alpha": "阿尔法", "beta": "贝塔", "gamma": "伽马", "delta": "德尔塔", "epsilon": "艾普西隆", "zeta": "泽塔",
    "eta": "伊塔", "theta": "西塔", "kappa": "卡帕", "lambda": "拉姆达", "mu": "缪", "nu": "纽", "xi": "克西",
    "pi": "派", "rho": "柔", "sigma": "西格玛", "tau": "陶", "phi": "斐", "chi": "希", "psi": "普西", "omega": "欧米伽",
}  # fmt: skip
_NAMED_GREEK = {sign: name.lower().removeprefix("var") for name, sign in GREEK.items()}
GREEK_SAID: Mapping[str, Mapping[str, str]] = {
    "en": _NAMED_GREEK,
    "zh": {sign: _CHINESE_GREEK[name] for sign, name in _NAMED_GREEK.items()},
}

COMMANDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "sin": "sine", "cos": "cosine", "tan": "tangent", "ln": "natural log", "log": "log", "exp": "exponential",
        "lim": "the limit of", "prod": "the product of", "in": "is in", "notin": "is not in",
        "subset": "is a subset of", "subseteq": "is a subset of", "cup": "union", "cap": "intersection",
        "emptyset": "the empty set", "forall": "for all", "exists": "there is", "angle": "angle",
        "triangle": "triangle", "perp": "is perpendicular to", "parallel": "is parallel to",
        "propto": "is proportional to", "equiv": "is identical to", "sim": "is similar to", "partial": "partial",
        "nabla": "nabla", "vec": "vector", "therefore": "therefore", "because": "because", "prime": "prime",
    },
    "zh": {
        "sin": "sine", "cos": "cosine", "tan": "tangent", "ln": "自然对数", "log": "log", "exp": "指数函数",
        "lim": "极限", "prod": "求积", "in": "属于", "notin": "不属于", "subset": "包含于", "subseteq": "包含于",
        "cup": "并", "cap": "交", "emptyset": "空集", "forall": "对任意", "exists": "存在", "angle": "角",
        "triangle": "三角形", "perp": "垂直于", "parallel": "平行于", "propto": "正比于", "equiv": "恒等于",
        "sim": "相似于", "partial": "偏", "nabla": "nabla", "vec": "向量", "therefore": "所以", "because": "因为",
        "prime": "撇",
    },
}  # fmt: skip

# Of quantities in English. Others are read rightly as they stand.
UNITS = {
    "m": "meters", "g": "grams", "s": "seconds", "h": "hours", "L": "liters", "V": "volts", "A": "amperes",
    "W": "watts", "N": "newtons", "J": "joules", "kJ": "kilojoules", "K": "kelvins", "Pa": "pascals", "mol": "moles",
    "C": "coulombs", "Ω": "ohms",
    "m/s": "meters per second", "m/s^2": "meters per second squared", "km/s": "kilometers per second",
    "kg/m^3": "kilograms per cubic meter", "g/cm^3": "grams per cubic centimeter", "mol/L": "moles per liter",
    "g/mol": "grams per mole", "N/kg": "newtons per kilogram", "m^2": "square meters", "cm^2": "square centimeters",
    "km^2": "square kilometers", "m^3": "cubic meters", "cm^3": "cubic centimeters",
}  # fmt: skip
