"""Where sentences end in Spanish and English news. Pure functions.

A full stop ends no sentence after a title, an initial, a number sign; after other abbreviations the next word decides.
Measured on labelled paragraphs by tests/eval/test_sentences.py.

Known gaps: "…in the U.S. Sheriff Cole said…" is not split, for "U.S. Sheriff" may be one phrase; a sentence that opens
with a lower-case brand name is not found; lists without full stops stay one sentence per line.
"""

import re

from monitor.records import Lang

_UPPER = "A-ZÁÉÍÓÚÜÑ"
_EMOJI = "\U0001f300-\U0001faff\u2600-\u27bf\ufe0f"
_STOP = re.compile(
    rf"(?<![.!?…])(?P<stop>[.!?…]++)(?P<close>[\"'”’»)\]]*+)\s+(?=(?P<next>[\"'“‘«(\[¿¡—–{_EMOJI}-]*\s?(?:[{_UPPER}0-9@#]|https?:)))"
)

# A name, or the rest of the phrase, follows: never the end of a sentence. Both languages: each writes the other's.
_NEVER = frozenset(
    "mr mrs ms dr fr prof sen sens rep reps gov govs gen lt col sgt capt cmdr maj adm det insp supt atty rev hon mt"
    " vs v e.g i.e approx cf sra srta sres dra lic ing arq profa mtro mtra gral cap cmte tte cnel sto sta av avda"
    " blvd calz prol fracc cd gob dip ej p.ej aprox depto dpto edo lcda lcdo mons pbro hno hna pdte pdta vda ma fco"
    " gpe ee s.s h dist mpio sria proc cto priv no.ext núm.ext".split()
)
# Before a figure only: "No. 4", "art. 123", "5 mar. 2026".
_NUMBERED = frozenset(
    "no nos nro nros núm núms num art arts frac fracs pág págs pag sec ch fig figs cap caps tel tels exp inc km vol"
    " p pp jan feb mar apr jun jul aug sept oct nov dec ene abr ago sep dic folio col lote mz int ext".split()
)
_WITH_CAPITAL = frozenset({"no", "nos", "mar", "inc", "int", "ext", "col", "cap", "sec"})  # else a word of its own
# The end of a sentence, unless a title or an office follows: "in Nogales, Ariz. Agents…", "en Tijuana, B.C. La…".
_STATES = frozenset(
    "Ariz Calif Tex Tx Colo Nev Okla Ark Kan Wash Fla Ga Ala Ill Ind Mich Minn Miss Mo Mont Neb Ore Pa Tenn Va Vt"
    " Wis Conn Del Ky La Mass Md N.M N.C N.D N.J N.Y N.H S.C S.D R.I W.Va D.C Ags B.C B.C.S Camp Chih Chis Coah Col"
    " Dgo Gro Gto Hgo Jal Mor Méx Nay N.L Oax Pue Qro Q.R Roo S.L.P Sin Son Tab Tam Tamps Tlax Ver Yuc Zac CDMX".split()
)
_RANKS = frozenset({"Col", "Cap"})  # of an officer, in Spanish also of a district and a chapter
_OFFICES = frozenset(
    "gov gov. sen sen. sens. rep rep. reps. governor senator representative mayor attorney department dept. state"
    " rangers national guard supreme secretary sheriff house lawmakers".split()
)
_TIMES = frozenset({"a.m", "p.m"})
_AFTER_TIMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday et pt ct mt est pst cst mst edt pdt cdt mdt eastern"
    " central mountain pacific january february march april may june july august september october"
    " november december".split()
)
_UNITS = frozenset("kg km cm mm ml lb lbs oz ft mi hrs hr min mins seg etc cía uu ee.uu e.u e.e.u.u eua".split())
# The end of a sentence when the next word is one that opens sentences.
_EITHER = frozenset(
    "u.s u.k u.n u.s.a inc corp co cos ltd bros jr sr st ste ave rd dept ft univ assn s.a c.v s.c a.c d.f a.d bldg"
    " hwy rte est ph.d m.d ed dist sur nte pte ote".split()
)
_OPENERS = frozenset(
    "the a an in on at it its he she they we i you this that these those there here but and so yet or nor if when"
    " while as after before since until during for from with without by to of about under over more most many some"
    " several all no not none nobody one two three four five six seven eight nine ten what who where why how both"
    " each every another other officials authorities police agents officers deputies investigators prosecutors"
    " migrants troops soldiers lawmakers residents witnesses relatives neighbors lawyers advocates critics"
    " supporters doctors ranchers traffic federal local state court crews data hours later earlier meanwhile however"
    " according last next his her their our el la los las lo un una unos unas en se al su sus este esta estos estas"
    " ese esa esos esas aquel aquella esto eso según pero y e o ni sí ya si cuando mientras aunque porque como donde"
    " quien quienes qué quién cómo cuándo dónde por para con sin tras de del desde hasta hacia sobre ante bajo entre"
    " durante más muchos muchas algunos algunas varios varias todos todas otro otra otros otras cada ambos ambas"
    " nadie ninguno ninguna nada hay hubo habrá fue fueron es son era está están había también además asimismo luego"
    " después antes ayer hoy mañana ahora aún todavía así entonces sólo solo mediante agentes elementos autoridades"
    " militares soldados marinos migrantes familiares vecinos testigos habitantes policías dos tres cuatro cinco"
    " seis siete ocho nueve diez le les nos me te mi tu ello ella ellos ellas él usted ustedes horas minutos"
    " actualmente finalmente posteriormente".split()
)
_SAYS = re.compile(
    rf"(?:[{_UPPER}][\w.'’-]*+\s+){{1,4}}(?:said|says|asked|asks|told|tells|added|wrote|shouted|cried|replied|recalled"
    r"|yelled|demanded|wondered|dijo|preguntó|gritó|respondió|exclamó|cuestionó)\b"
)
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_ENUMERATOR = re.compile(r"\(?(?:\d{1,2}|[IVX]{1,4}|[a-zA-Z])")
_OPENING_MARKS = "\"'“‘«([¿¡—–-"


def sentences(text: str, language: Lang) -> list[str]:
    """The sentences of a plain text, in order; joined by blanks they give the text (white space folded).

    A line break always ends one. Shortenings of both languages count in either: outlets of the border mix them;
    `language` settles the few that are words of the other one.
    """
    found: list[str] = []
    for line in text.split("\n"):
        flat = " ".join(line.split())
        start = 0
        for match in _STOP.finditer(flat):
            if not _goes_on(flat[start : match.end("stop")], flat[match.start("next") :], match, language):
                found.append(flat[start : match.end("close")])
                start = match.start("next")
        if flat[start:]:
            found.append(flat[start:])
    return found


def _goes_on(before: str, after: str, match: re.Match[str], language: Lang) -> bool:
    """Whether the stop at the end of `before` ends no sentence, with `after` behind it."""
    if '"' in match["close"] or "”" in match["close"]:
        if _SAYS.match(after):
            return match["stop"][-1] in "!?"
    elif match["stop"] != "." and not any(c.isalnum() for c in before):
        return True  # "… Y luego": dots that stand for what was left out
    return match["stop"] == "." and not match["close"].strip("'’)]") and _is_shortening(before, after, language)


def is_shortened(word: str) -> bool:
    """Whether a full stop behind a word most often belongs to it: "Gov", "Lic", "D.C", an initial."""
    return word.lower() in _NEVER or len(word) == 1 or bool(_INITIALS.fullmatch(word))


def _is_shortening(before: str, after: str, language: Lang) -> bool:
    """Whether the full stop at the end of `before` belongs to an abbreviation, an initial or a list's number."""
    tokens = before.rsplit(" ", 2)
    last = tokens[-1].lstrip(_OPENING_MARKS)[:-1]
    earlier = before[: -len(tokens[-1])].strip()
    if last == "m" and earlier.endswith(("a.", "p.")):
        last = "a.m"
    if last.lower() == "uu":
        earlier = earlier.removesuffix("EE.").rstrip()
    if not earlier and (_ENUMERATOR.fullmatch(last) or last.lower() in _UNITS or last in _STATES):
        return True  # a sentence does not consist of "2." or of "EE. UU."
    if after[0] in "—–-" and last in _STATES:
        return True  # a dateline: "NOGALES, Ariz. — Officers …"
    following = after.split(" ", 1)[0].strip("\"'“”«»¿¡(),:;—–").removesuffix("'s").lower().rstrip(".")
    if _is_numbered(last, earlier) and after[0].isdigit():
        return True
    return _abbreviation_goes_on(last, following, earlier, language)


def _is_numbered(last: str, earlier: str) -> bool:
    """Whether a figure is to follow: "No. 4", but not "he said no."; "5 mar. 2026", but not "vio el mar. 12 barcos"."""
    word = last.lower()
    return word in _NUMBERED and (last[0].isupper() or word not in _WITH_CAPITAL or earlier[-1:].isdigit())


def _abbreviation_goes_on(last: str, following: str, earlier: str, language: Lang) -> bool:
    word = last.lower()
    if word in _TIMES:
        return following in _AFTER_TIMES
    if last in _STATES and (last not in _RANKS or language == "en" or earlier.endswith(",")):
        return following in _OFFICES or not (earlier.endswith(",") or following in _OPENERS)
    if word in _NEVER or (word == "sr" and language == "es"):
        return True
    if word in _EITHER or _INITIALS.fullmatch(last) or (len(last) == 1 and last.isupper()):
        return word not in _UNITS and following not in _OPENERS
    return False
