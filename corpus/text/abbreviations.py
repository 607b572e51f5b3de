"""Words that tell the sentence splitter whether a stop, or a line break, ends a sentence."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# A stop after one of these never ends a sentence, whatever follows.
TITLES = _words(
    "dr mr mrs ms prof rev hon gen col lt maj capt sgt cmdr adm sen rep gov pres st mt "
    "no nr nos vol fig p pp art sec ch cf eg ie al "
    "hr fr dipl ing bzw ca mlle mme sr sra dra av doç yrd öğr müh viz approx est "
    "v c mio mrd кв см т.е ee ff str tel inkl evtl ggf sog vgl jh env apr j.-c ud uds sn им ул "
    "brig cpl pvt amb supt ft insp op alb gral pág núm avda mgr проф акад ген пл "
    "أ.د ود أد تلفون ص.ب"
)

# A stop after one of these ends a sentence only before a word that starts sentences.
SHORTENED = _words(
    "etc inc ltd co corp jr sr jan feb mar apr jun jul aug sep sept oct nov dec dept div "
    "a.m p.m u.s u.k u.n e.u d.c b.c a.d e.g i.e z.b u.a d.h ph.d hwd vd "
    "usw etw vs vb vd b.z uu ex med e.v mon tue thu "
    "г т.д т.п н.э тыс млн млрд руб إلخ الخ ق.م ب.م كم سم ملم كغ كلغ كغم كلم غم ملغ هتد"
)

# How Arabic spells the letters of names such as CNN and BBC, each with a stop.
LETTER_NAMES = _words(
    "إيه ايه بي سي دي إي اي إف اف جي إتش اتش آي أي كي إل ال إم ام إن ان أو او كيو آر ار إس اس "
    "تي يو في دبليو إكس اكس واي زد زي"
)

# First words by which "... the U.S. He said" is told from "... the U.S. Army".
SENTENCE_STARTERS = _words(
    "he she it they we i you the this that these those a an but and in on at as if when while "
    "after before his her their its our there however meanwhile according since for from with "
    "no not one what who why how some many more most all both other another now today last "
    "le la les il elle ils elles ce cette mais der die das er sie es wir el los las ella pero "
    "nobody everyone then dann puis ensuite luego después sonra затем потом سپس پاشان دواتر "
    "bu o onlar ancak ev ew lê di li ji ama fakat él ella esto esta este según sin también "
    "je nous vous elles selon mais après pour dans en ces ein eine doch aber nach laut diese "
    "он она оно они это эти в во на по но как однако также при после его её их мы я "
    "وقال وقالت قال قالت وأضاف وأضافت واضاف وأكد وأكدت وأوضح وأوضحت وأشار وأشارت وذكر وذكرت "
    "وتابع وتابعت وأعلن وأعلنت أعلن أعلنت وكان وكانت كان كانت وكانوا كما لكن ولكن وقد ولم ولا وفي "
    "ومن وعلى وبحسب وبين ونقل ونقلت ونفى ونفت وجاء وجاءت ووصل ووصلت هذا هذه ذلك هو هي هم وهو وهي "
    "يقع تقع يبلغ تبلغ يضم تضم يوجد توجد يعيش تعيش "
    "بينما إلا غير فيما أما ويذكر ويشار وحتى وبعد وقبل ويقول وتقول يذكر يشار "
    "او ئەم ئەو بەڵام هەروەها گوتی وتی او وی این آن اما همچنین"
)

MONTHS = {
    month: number
    for number, names in enumerate(
        (
            "january jan janvier janv januar jän enero ene ocak oca янв"
            " يناير جانفي كانون_الثاني كانون_ثاني",
            "february feb février févr februar febr febrero şubat şub фев февр فبراير شباط فيفري",
            "march mar mars märz marzo mart мар مارس آذار اذار",
            "april apr avril avr abril abr nisan nis апр أبريل ابريل إبريل نيسان أفريل",
            "may mai mayo mayıs mayis مايو ماي أيار ايار مايس",
            "june jun juin juni junio haziran haz июн يونيو حزيران جوان يونيه",
            "july jul juillet juil juli julio temmuz tem июл يوليو تموز جويلية يوليه",
            "august aug août agosto ago ağustos ağu авг أغسطس اغسطس آب اب أوت أغشت",
            "september sep sept septembre septiembre setiembre eylül eyl сен сент"
            " سبتمبر أيلول ايلول",
            "october oct octobre oktober okt octubre ekim eki окт"
            " أكتوبر اكتوبر تشرين_الأول تشرين_الاول",
            "november nov novembre noviembre kasım kasim kas ноя нояб نوفمبر تشرين_الثاني",
            "december dec décembre déc dezember dez diciembre dic aralık aralik ara дек"
            " ديسمبر كانون_الأول كانون_الاول",
        ),
        start=1,
    )
    for month in names.replace("_", "\u00a0").split(" ")
    for month in (month.replace("\u00a0", " "),)
}

# A line that begins with one of these goes on with the line above, if that one broke off.
PREPOSITIONS = _words(
    "في من على إلى الى عن مع التي الذي الذين اللذين اللتين ضد بين حتى منذ أن إن ان لأن حيث بأن "
    "بسبب لدى كما أو او ثم که کە"
)

# The same words open a new paragraph of the news when the next word is one of these.
PARAGRAPH_OPENERS = _words(
    "جهته جهتها جهتهم جانبه جانبها جانبهم جهة ناحيته ناحيتها ناحية المقرر المتوقع المرجح "
    "المنتظر المعلوم المعروف اللافت الجدير بين خلال المقابل غضون السياق سياق هذا هذه وقت حين "
    "الأثناء الاثناء ذات نفس صعيد الصعيد الرغم رغم إثر خلفية جانب ذلك بداية البداية النهاية ختام "
    "الختام عام سنة يوم مطلع أعقاب نهاية حال أنباء أنه انه أكد قال أشار"
)

# No sentence ends with one of these, so a line that does goes on below.
DANGLING = _words(
    "في من على إلى الى عن أن إن ان بأن لأن التي الذي الذين و أو او بين the of to and in"
)
