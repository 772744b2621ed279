"""What makes a fluent-looking translation doubtful: foreign words, broken grammar, odd persons, wrong senses.

Every finder returns what it found, for tests and logs; the guards turn findings into soft flags. Pure functions of the
two texts and of `senses.tsv`: words of border news that must have a counterpart on the other side.

Known gaps: a wrong word that is in no row of `senses.tsv` passes when it is spelled well; so does a wrong tense or a
wrong he/she. English that copies a Spanish word with an English look ("plagio" is found, "fractional" is not).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from monitor.language.name_forms import is_common
from monitor.language.plain_words import is_plain
from monitor.language.wordlists import PhraseIndex, folded, read_rows, tokens
from monitor.records import Lang, other_language
from monitor.text import fold

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")

# ---------------------------------------------------------------- words of another language

# English words by the endings that are rare in it. Everything else in -a, -o, -as, -os, -i, -u is taken for foreign.
_ENGLISH_VOWELS = frozenset(
    "a also ago alpha agenda aroma arena area aria auto avocado banana bacteria balcony beta bio bonanza bravo"
    " buffalo bureau burrito taco tacos burritos salsa tortilla tortillas nacho nachos camera cameras canoe"
    " cargo casino casinos chaos charisma china cinema cinemas cholera coca cocoa cola coma comma commando"
    " commandos conga cosmos criteria crypto data delta demo demos diploma disco ditto diva dogma dilemma domino"
    " drama dramas duo dynamo echo echoes ego emu encyclopedia enchilada enchiladas era eras euro euros embargo"
    " extra extras fauna fiasco fiesta flamingo flora flu folio formula gala gecko ghetto go gorilla guerrilla"
    " guerrillas guru hello hero hi hippo hobo hyena ski taxi taxis idea ideas i indigo info inferno insomnia"
    " into intro jumbo kilo kilos lava lambda leva llama llamas logo logos macro mafia malaria mama manga mango"
    " manifesto marijuana marina mayo media mega memo memos menu meta meow metro micro militia militias minutia"
    " mini momentum mono mosquito mosquitoes motto nausea no nova novella oasis oh oho orca ok onto opera operas"
    " opioids panda panorama papa papaya pasta pesos peso patio patios per phobia photo photos piano piazza"
    " pizza pizzas plasma plateau plaza plazas polio polo pop porno portfolio potato pro profile promo"
    " propaganda pros pseudo quota quotas radio radios ratio ratios rhino rodeo robo saga sauna sepia schema"
    " semi siesta sigma silo silos so soda sofa solo sombrero sonata soya spa spas stamina status stigma stereo"
    " studio studios stucco sumo tango tattoo tattoos tempo tequila to tomato tornado torso torsos trauma trio"
    " tsunami tuna tundra turbo tuxedo two ultra umbrella up utopia vanilla veranda versus veto via video videos"
    " villa villas virtuoso visa visas vista volcano vodka who yoga you yoyo zebra zero zeros zoo bikini corgi"
    " sushi wifi kiwi yeti multi anti alibi menus thou thus virus bus plus us gas has was as pus campus corpus"
    " focus genus nexus census bonus minus radius lotus locus octopus surplus stimulus consensus chorus circus"
    " cactus terminus campi foci alumni stimuli fungi nuclei radii loci cacti narco narcos ejido ejidos"
    " maquiladora maquiladoras colonia colonias quinceañera mariachi mariachis charro charros coyote kilometer"
    " halo limbo lasso pueblo barrio barrios cafeteria dengue ebola asthma anemia pneumonia dementia hysteria"
    " paranoia leukemia euthanasia inertia mania regalia memorabilia academia amnesia fuchsia hernia insignia"
    " magnolia camellia trivia suburbia aura boa bra brouhaha caldera cicada capybara cobra koala gila flea sea"
    " tea pea plea guinea panacea bravado desperado avocados tornadoes audio cameo combo condo condos dingo dodo"
    " espresso fresco gusto gringo gringos hydro judo karaoke kimono lego lingo lotto macho maestro mambo medico"
    " mojo nitro oregano placebo polos poncho presto pueblos retro stiletto tobacco torpedo undo redo outdo do"
    " ergo jato ammo amigo amigos aficionado aficionados incommunicado peccadillo peccadillos innuendo crescendo"
    " libido lumbago vertigo archipelago imago pistachio scenario scenarios cheerio curio oratorio pinocchio"
    " adios calypso hypo pimento testimonio salvo salvos soprano raffia persona peninsula quasi femme bras"
    " swastika scuba colombo hula pisco mezcal caribou gnu haiku impromptu tofu zulu ecu fondue coup jujitsu"
    " bayou".split()
)
_ROMANCE_ENDING = re.compile(
    r"(?:[^aeiou]|i)(?:a|o|as|os)$|(?:ciones|dades|ción|ções|ção|ências?|ndo|illos?|illas?|eiros?|eiras?)$|[^aeiouy]i$"
    r"|ram$|rem$|avam$|eam$|[bcdglnpstv]am$(?<!team)(?<!exam)(?<!dream)|uou$|[^eiou]nses$(?<!senses)(?<!expenses)"
)
_ENGLISH_AM = frozenset(
    "team exam dam ham jam spam scam slam program diagram telegram gram kilogram tam sham steam bam madam adam"
    " clam cram cam ram yam pram tram wham gam swam am beam seam dream cream scream stream gleam bream ream"
    " theorem them item stem system problem poem emblem totem diadem harem requiem tandem anthem".split()
)
_PORTUGUESE_VERB = re.compile(r"^[A-Z][a-z]{2,}(?:[ae]m|[aeo]i|ou|ção)$")
# Between names it may belong to one ("Ciudad de México"); behind a common word it was left behind.
_STRAY_LINKS = re.compile(r"(?<=[a-z] )(?:de|del|las|los|que|para|por|con|em|ao|das|dos)(?= )")
_ACCENTED = re.compile(r"[áéíóúñãõâêôçàü]")
_ENGLISH_ACCENTED = frozenset(
    "café cafés fiancé fiancée résumé cliché clichés naïve façade décor touché protégé protégés piñata piñatas"
    " jalapeño jalapeños señor señora señorita mañana quinceañera quinceañeras expatriación exposé séance née à"
    " olé".split()
)
_SPANISH_PLURAL = re.compile(r"(?:[aeo]nes|ales|ares|dores|tores|eles|[ao]les)$")
_SHARED = frozenset("drones clones inhales males dolores".split())
_NOT_SPANISH = re.compile(
    r"[kw](?!$)|th|sh|[^cl]h[^aeiouáéíóú]|ck|gh|ph|oo|ee(?![rmnds])|([bdfgjkmpqstvwxz])\1|lh|nh|[çãõâêôàèìòùäëï]"
    r"|[bcfghjkmpqtvw]$|[^aeiouáéíóú]d$|ing$|[^aeiou]y$|(?:ou|am|em|im|agem)$"
    r"|(?:eiro|eira|eiros|eiras|amento|amentos|ência|ências|dade|ável|áveis|ível|íveis|ções)$"
)
SPANISH_LOANS = frozenset(
    "mdd mdp club clubs web internet chat blog blogs robot robots chip chips show shows film films golf kilo kilos"
    " kilómetro kilómetros sheriff sheriffs rock software hardware marketing parking ranking rankings casting"
    " camping footing spray staff stock boom zoom whisky hacker hackers hackeo ticket tickets test tests"
    " sandwich online streaming ecstasy crack rap pop jazz jet jets set sets link links hip hop top vip reality"
    " talk podcast podcasts email e mail mails smartphone smartphones tweet tweets tuit think tank lobby hobby"
    " party kayak kurdo kurda kurdos karate kiosco ski esquí wifi walkie talkie ayer leer creer poseer proveer"
    " reelección reelegido reelegir reembolso reemplazar reemplazo reemplazó reemplazará reemplazado cree creen"
    " leen lee fe ve de parque departamento departamentos medicamento medicamentos armamento armamentos"
    " reglamento reglamentos fundamento fundamentos parlamento parlamentos campamento campamentos temperamento"
    " testamento sacramento ligamento ornamento filamento firmamento cargamento cargamentos apartamento"
    " apartamentos juramento juramentos lineamiento desarmamento rol y hoy muy ley rey soy voy doy estoy hay"
    " convoy buey guay jersey ay uy estrés boicot complot debut vermut ballet carnet chalet fagot tic pub snob"
    " esnob cómic cómics clic bloc frac bistec coñac zinc tictac vivac trailer trailers quórum álbum máximum"
    " ultimátum memorándum réquiem currículum fórum referéndum récord récords hábitat hábitats déficit superávit"
    " fútbol mph km kg cm mm and the of penal penalty déjà tándem harem ítem ítems tótem islam slam réclam"
    " gourmet bit bits byte bytes kit kits hit hits pick pickup suv narco accesible acción acciones inn innato"
    " innata innovación innovador innovadora innovar perenne ennegrecer connotación connacional connacionales"
    " hello bufet ad hoc mob hub hubs off on-line ex básquetbol béisbol voleibol hockey rugby tenis box pívot"
    " jogging running outlet look fan fans gol rally derby cowboy cowboys country rodeo western pixel píxel webs"
    " www com org twitter facebook whatsapp youtube google tiktok".split()
)


def foreign_words(original: str, translated: str, target: Lang) -> list[str]:
    """Lower-case words of the output that cannot be of the target language by their spelling, or were only copied."""
    before = {word for word in _WORD.findall(original) if word.islower()}
    capitals = {word.lower() for word in _WORD.findall(original) if not word.islower()}
    found = _WORD.findall(_unquoted(translated))
    if found and _PORTUGUESE_VERB.search(found[0]) and found[0] not in original:
        found[0] = found[0].lower()  # the first word's capital says nothing
    words = [word for word in found if word[0].islower() and word not in capitals]
    copied = [word for word in words if word in before and _is_untranslated(word, target)]
    if target == "en":
        words += _STRAY_LINKS.findall(translated)
        return copied + [w for w in words if _is_foreign_to_english(w, before) and not _is_anybodys(w, before, target)]
    return copied + [w for w in words if _is_foreign_to_spanish(w) and not _is_anybodys(w, before, target)]


_COPIED_LETTERS = 5
_SHARED_ENDING = re.compile(r"(?:al|ol|or|ble)s?$")  # local, control, inventor, posible: alike in both languages
_OWN_ENDING: dict[Lang, re.Pattern[str]] = {  # only one of the two languages forms words like these
    "es": re.compile(r"(?:ajes?|ones|[ae]ron|ando|iendo|dad(?:es)?|ci[oó]n|mente)$"),
    "en": re.compile(r"(?:ing|ness|ed|ly|[^aeiou]ers?|[^aeiou][bdgklmptw]s)$"),
}
_SHARED_WORDS = frozenset(
    "alias altar apartheid aroma banana beige bungalow campus cargo casino chalet chef ciborg cobra"
    " coyote dengue derby diesel dilema dogma drama drones ebola email extra fentanyl flash glamour golf"
    " graffiti hangar hertz hobby hotel idea jersey judo karate kayak ketchup kilos kiwi laptop laser"
    " libra lince macho mamá manager mango marathon marketing metro mezcal modem narco natural online"
    " opera panda penalty pizza plaza podcast polio propaganda puma radar ranking record rifles robot"
    " rodeo salsa scanner sheriff sheriffs software spray streaming suite sushi tango taxi tequila"
    " terminal ticket tickets torso trauma tsunami ultra video virus visa vodka web weekend wifi yoga zika".split()
)


def _is_untranslated(word: str, target: Lang) -> bool:
    """A word of the original, copied, that its own spelling or the target's common words do not excuse."""
    plain = fold(word)
    source = other_language(target)
    shared = plain in _SHARED_WORDS or bool(_SHARED_ENDING.search(plain))
    own = is_common(plain, source) or bool(_OWN_ENDING[source].search(plain))
    return len(word) >= _COPIED_LETTERS and own and not shared and not is_plain(plain, target)


def _is_anybodys(word: str, before: set[str], target: Lang) -> bool:
    """A common word of the target after all, or one that the original took from elsewhere, too."""
    plain = fold(word)
    return is_common(plain, target) or (word in before and not is_common(plain, other_language(target)))


def _unquoted(text: str) -> str:
    """The text without names in quotes, addresses and hashtags."""
    return re.sub(
        r"[\"“«](?=[A-ZÁÉÍÓÚÑ](?:\w* ){0,2}\w*[\"”»,]|(?:El|La|Los|Las|Don) )[^\"”»]{1,40}[\"”»]"
        r"|\S*[@#/]\S*|\S+\.(?:com|org|mx|net)\b",
        " ",
        text,
    )


def _is_foreign_to_english(word: str, before: set[str]) -> bool:
    if not word.islower():
        return bool(re.fullmatch(r"[a-z]{1,3}[A-Z]", word))
    if word in _ENGLISH_VOWELS or word in _ENGLISH_AM or word in _ENGLISH_ACCENTED or "'" in word or "’" in word:
        return False
    if _ACCENTED.search(word):
        return True
    if len(word) >= 4 and _ROMANCE_ENDING.search(word):
        return True
    return len(word) >= 6 and word in before and word not in _SHARED and bool(_SPANISH_PLURAL.search(word))


def _is_foreign_to_spanish(word: str) -> bool:
    if not word.islower():
        return bool(re.fullmatch(r"[a-z]{1,3}[A-Z]", word))
    return len(word) >= 3 and word not in SPANISH_LOANS and bool(_NOT_SPANISH.search(word.replace("ü", "u")))


# ---------------------------------------------------------------- grammar

_ENGLISH_VERB_FIRST = re.compile(
    r"^(?:Alert|Alerts|Announce|Arrives?|Asks?|Attacks|Attracts|Begins|Burn|Buy|Buys|Calms|Captures?|Closes|Comes|"
    r"Continues|Create|Creates|Deliver|Denies|Deny|Deploys?|Dies|Discover|Drops|Exposes?|Falls|Find|Fires|Grows?|Shoot|Shoots|Block|Blocks|Expand|Expands|Reinforce|Re-\w+ed|Break|Demands?|Hang|"
    r"Hangs|Hands|Holds|Install|Installs|Kill|Lands|Leaves|Locate|Offers?|Opens|Patrol|Patrols|Pedals|Present|Presents|"
    r"Promises?|Purchase|Receives?|Reinforces?|Reopens?|Rescues?|Return|Returns|Reveal|Reveals|Rises|Seize|Seizes|Send|"
    r"Sends|Starts|Stops|Suspends?|Takes|Transfer|Will|Would|Works)\s"
)
_SPANISH_COMMAND = re.compile(
    r"^[\"“«¡¿]?\w+(?:ar|er|ir|a|e|en|an)\b(?=[^.]*[!¡])|^[¡]|^\w+(?:ar|er|ir)\b", re.IGNORECASE
)
_PERSONAL_TO = re.compile(
    r"\b(?:arrest|rescu|left|freed|liberat|locat|found|releas|captur|kill|detain|kidnap|abduct|handed over|deliver"
    r"|extradit)\w*"
    r"(?: \w+){0,7}? to (?:a |an |the |\d+ |two |three |\w+teen )?(?:\w+ )?"
    r"(?:thousands|hundreds|man|woman|men|women|migrants?|foreigners?|people|persons?|agents?|accountant|suspects?|police\w*|members?)\b",
    re.IGNORECASE,
)
_ENGLISH_BROKEN = re.compile(
    r"\b(?!(?:that|had|her|so|very|plus|in|to) )([a-z]{2,}) \1\b|\bwho (?:the|a) \w+s\b$|\bhaving it \w+ed\b"
    r"|\b(?:has|have|had) \w+ed it (?:the|a)\b|\bFrom being\b"
    r"|\barrest(?:ed|s)? (?:departures|arrivals|flights|trucks|trains|buses|vehicles|traffic|work)\b"
    r"|\b(?:extradite|deport)s? [A-Z]\w+ (?:the|a) |\b[Tt]he religious who\b|\b(?:fear|said|know|says) that if you\b"
    r"|\bto condemn (?:that|the obligation)\b|\b(?:to|and|of) to\b(?! the)|; go \d|\b(\w{6})\w* \2\w*\b"
)
_FINITE_BEFORE_INFINITIVE = frozenset(
    "a al para por sin de del hasta tras que cómo como dónde donde qué quién cuándo cuánto si no y o u e ni"
    " pero sino puede pueden podrá podrán podría podrían pudo pudieron podía podían pueda puedan pudiera"
    " pudieran puedo podemos puedes podrías pudimos podías necesitas quieres debes tienes vas poder debe deben"
    " debía debían deberá deberán debería deberían debió debieron deba deban deber debo debemos suele suelen"
    " solía solían quiere quieren quería querían quiso quisieron quiera querer quiero queremos busca buscan"
    " buscaba buscó buscaban buscará busque intenta intentan intentó intentaron intentaba intentaban intentará"
    " logra logran logró lograron logre lograr lograba hace hacen hizo hicieron hacer haga hará hacía hacían"
    " deja dejan dejó dejaron dejar permite permiten permitió permitir permita permitirá permitía permitieron"
    " prevé prevén espera esperan esperaba esperaban decidió decidieron decide deciden decidido ofrece ofreció"
    " promete prometió prometieron planea planean planeaba propone propuso pide piden pidió necesita necesitan"
    " necesitaba necesitó prefiere teme temen pretende pretenden pretendía evita evitar evitó conviene"
    " recomienda recomiendan consiste implica incluye significa significaría requiere parece parecen pareció ver"
    " oír ve vio siente antes después lugar además entre mediante contra desde con sobre durante en ante vez"
    " luego tal más menos mejor peor bien mal sí ya aún también solo sólo casi nunca siempre así tan es ser era"
    " fue sido será son queda quedó quedan cabe toca tocó basta sabe saben supo saber resulta imposible posible"
    " difícil fácil necesario importante crucial esencial suficiente urgente mandó ordenó ordena ordenan desea"
    " desean deseaba desear dice dijo decían dijeron afirma afirmó asegura aseguró cree creen creía creyó admite"
    " admitió niega negó niegan reconoce reconoció confesó declaró confirma jura juró alega alegan finge me te"
    " se le nos les lo la los las el un su mi tu otro otra este esta ese esa aquel todo cada toda primer primera"
    " segundo segunda tercer ningún cualquier gran buen nuevo nueva sus mis tus unos una unas dos tres hay había"
    " hubo habrá haber usted ustedes él ella ellos ellas yo nosotros nadie quien quienes alguien algo nada mucho"
    " muchos pocos varios estas estos esas esos muy".split()
)
_NOT_INFINITIVES = frozenset(
    "lugar millar centenar"
    " mujer militar militares popular particular similar familiar escolar regular circular singular molar"
    " polar solar lunar nuclear celular vehicular peninsular insular consular hogar azúcar dólar mar bar altar"
    " pesar ayer cáncer alfiler taller poder deber placer ser menester mártir líder chofer súper par radar"
    " collar pilar ejemplar auxiliar titular peculiar preliminar estelar bipolar cualquier primer tercer doquier"
    " porvenir elixir emir faquir nadir vísir ochenta bienestar malestar paladar pulgar cuartel calamar caviar"
    " avatar czar zar hangar mánager carácter revólver póster cráter éter néctar láser dar modular tubular"
    " muscular ocular secular angular triangular rectangular espectacular irregular extracurricular curricular"
    " interdisciplinar disciplinar planetar ultramar tráiler máster ranger sheriff center power super soccer"
    " tender beter winter summer never over under computer dealer hacker hunter master player water river ester"
    " crater tanker gendar amanecer atardecer anochecer parecer saber haber quehacer andar pesares prócer"
    " cadáver somier alquiler mercader bachiller brigadier canciller premier mujeres".split()
)
_INFINITIVE = re.compile(r"(?<![\w-])([A-ZÁÉÍÓÚÑa-záéíóúñ]+) ([a-záéíóúñ]{2,}(?:ar|er|ir))(?![\w-])")
_GOVERNS_INFINITIVE = re.compile(
    r"\b(?:permit|hac|hiz|hag|dej|v[ei]r?|vio|vieron|oír|ayud|oblig|invit|llev|por|sin)\w*\b"
)
_GENDER = re.compile(
    r"\b(?:[Ee]l|[Uu]n|del|al|[Ll]os|unos) (?!\w*(?:avión|camión|gorrión)\b)"
    r"\w{3,}(?:ción|sión|gión|xión|dad|tad|tud|umbre|ciones|siones|dades)\b"
    r"|\b(?:[Ll]a|[Uu]na|[Ll]as|unas) (?!(?:mayor|mejor|peor|menor|anterior|posterior|superior|inferior|exterior"
    r"|interior|labor|ulterior|flor|sor|coliflor)\w*\b)\w{3,}(?:dor|tor|aje|ajes|miento|mientos|ismo|ismos|dores|tores|aumento)\b"
    r"|\b(?:el|un) \w+a (?:fue|es) \w+ada\b|\b(?:de|a) el (?!\w*[A-Z])(?=[a-z])"
    r"|\buno \w+o a\b|\bsi (?:lastim|machuc)\w+"
)
_GENDER_FINE = re.compile(
    r"\b(?:el|un|del|al|los|unos) (?:afición|corazón|razón)\b|\b(?:la|una|las) (?:motor|doctor)\b"
)
_SPANISH_BROKEN = re.compile(
    r"\b(?!(?:que|nos|se|no|muy|sí) )([a-záéíóúñ]{2,}) \1\b|(?<=[a-z]),? (?:para a|a os|em o|o qual)\b|\d\$\d|\$ \d"
    r"|\b(?:para|con|sobre|de|en|a|por|y|o|que)$|\bmientras a [A-Z]|\b(?:cuando|mientras|como) (?:\w+ ){0,3}quede\b"
    r"|\b[a-z]+\.\d+-[a-z]+"
    r"|\btras \w+ (?:los|las|lo|la) \w+[aeo]n\b"
    r"|\b(?:lo|se) \w{2,}(?:ad|ed|id)\b"
    r"|\b\w{3,}os (?:\w+es )?\w{2,}(?:adas|idas)\b"
    r"|\b\w{3,}(?:an|en) (?!también)\w{3,}(?:aron|ieron)\b|^Faltando\b"
    r"|\bcomo [A-Z]{3,} \w+a\b|\b\w+(?:mente)? por mientras\b"
)


def broken_grammar(original: str, translated: str, target: Lang) -> list[str]:
    """What no native headline has: a verb without its subject, a bare infinitive, wrong gender, doubled words."""
    if target == "en":
        found = [m.group() for m in (*_PERSONAL_TO.finditer(translated), *_ENGLISH_BROKEN.finditer(translated))]
        if not _SPANISH_COMMAND.search(original):
            found += [m.group() for m in _ENGLISH_VERB_FIRST.finditer(translated)]
        return found
    found = [m.group() for m in _GENDER.finditer(translated) if not _GENDER_FINE.search(m.group())]
    found += [m.group() for m in _SPANISH_BROKEN.finditer(translated)]
    if _GOVERNS_INFINITIVE.search(translated):
        return found
    return found + [m.group() for m in _INFINITIVE.finditer(translated) if _is_bare_infinitive(m)]


def _is_bare_infinitive(match: re.Match[str]) -> bool:
    before, verb = match.groups()
    if verb in _NOT_INFINITIVES or before in _FINITE_BEFORE_INFINITIVE:
        return False
    if before.lower() in _FINITE_BEFORE_INFINITIVE or before.endswith(("emos", "amos", "mente")):
        return False
    return before.endswith(("s", "ción", "sión", "dad")) or before[0].isupper()


# ---------------------------------------------------------------- persons

_FIRST_PERSON = re.compile(r"(?:^|[.;:] )(I|We)\b(?!['’.-])")
_SPANISH_FIRST = re.compile(
    r"\b(?:yo|me|mi|mis|mí|conmigo|nos|nosotr\w+|nuestr\w+|\w+[aeiáéí]mos|\w+nos|\w+[rdz]?é|soy|estoy|voy|tengo|creo|quiero|"
    r"he|hice|dije|fui|era|tuve|vi|pude|puse|vine|di|estuve|quise|supe|siento|pienso|puedo|sé|hago)\b",
    re.IGNORECASE,
)


def invented_person(original: str, translated: str, target: Lang) -> list[str]:
    """ "I" or "we" that opens an English sentence, where the Spanish has nobody of the kind."""
    if target != "en" or re.search(r"[\"“«¿¡‘']", original) or _SPANISH_FIRST.search(original):
        return []
    return [match.group(1) for match in _FIRST_PERSON.finditer(translated)]


# ---------------------------------------------------------------- senses


_SENSE_WORDS = 26  # in the original, at most


@dataclass(frozen=True, slots=True)
class _Senses:
    """The rows of `senses.tsv` whose word is of one language."""

    words: PhraseIndex
    counterparts: tuple[re.Pattern[str], ...]  # on folded text


@lru_cache(maxsize=2)
def _senses(language: Lang) -> _Senses:
    rows = [row for row in read_rows(Path(__file__).with_name("senses.tsv"), 3) if row[0] == language]
    return _Senses(PhraseIndex.of(row[1] for row in rows), tuple(_alternatives(row[2]) for row in rows))


def _alternatives(cell: str) -> re.Pattern[str]:
    """Words divided by bars; a star stands for any ending."""
    words = (re.escape(fold(word.strip())).replace(r"\*", r"\w*") for word in cell.split("|"))
    return re.compile(r"\b(?:" + "|".join(words) + r")\b")


def lost_senses(original: str, translated: str, source: Lang, target: Lang) -> list[str]:
    """Words of either text that nothing in the other can stand for. A long sentence is free to say it otherwise."""
    if len(original.split()) > _SENSE_WORDS:
        return []
    return _without_counterpart(original, source, translated) + _without_counterpart(translated, target, original)


_PREFIX = re.compile(r"\b(?:ex|anti|trans|sub|narco|vice|multi)-?(?=[a-z]{4})")


@lru_cache(maxsize=512)
def _unprefixed(text: str) -> str:
    """The folded text, and once more without prefixes: "exoficial" is an "oficial", too."""
    plain = folded(text)
    return f"{plain} {_PREFIX.sub('', plain)}" if _PREFIX.search(plain) else plain


def _without_counterpart(text: str, language: Lang, other: str) -> list[str]:
    words, senses = tokens(text), _senses(language)
    hits = senses.words.rows(words)
    return [
        " ".join(words[hit.start : hit.end]) for hit in hits if not senses.counterparts[hit.row].search(folded(other))
    ]
