"""What web pages print around an article: labels of buttons, menus and boxes, by language."""

from __future__ import annotations

from collections.abc import Iterable

import regex

_DECORATION = regex.compile(r"^[^\p{L}\p{N}©]+|(?<![^\p{L}\p{N}])[^\p{L}\p{N}]++$")
_SENTENCE_MARK = regex.compile(r"[!?؟،,؛;\"“”«»]|(?<!\.)\.\s*$")
_FOLD = str.maketrans("أإآٱىةيكۀ", "ااااىهىکه") | {ord("ی"): "ى", 0x640: None, 0x200C: " "}
_FOLD |= dict.fromkeys(range(0x64B, 0x653))


def fold(line: str) -> str:
    """Return a line as labels are compared: no case, vowel signs, bullets or dots around it.

    Gives the empty string for a line with the punctuation of a sentence, which no label has.

    >>> fold("▲ زر الذهاب إلى الأعلى"), fold("Read more..."), fold("Stop."), fold("«إغلاق»")
    ('زر الذهاب الى الاعلى', 'read more', '', '')
    """
    if len(line) > 100 or _SENTENCE_MARK.search(line):
        return ""
    return " ".join(_DECORATION.sub("", line.casefold().translate(_FOLD)).split())


def _labels(*lines: str) -> frozenset[str]:
    return frozenset(filter(None, (fold(label) for line in lines for label in line.split("|"))))


# Nothing but a page says these as a whole line, so they go wherever they stand.
PLAIN = _labels(
    "زر الذهاب إلى الأعلى|العودة إلى الأعلى|الرجوع إلى الأعلى|الذهاب إلى الأعلى|العودة للأعلى",
    "انتقل إلى الأعلى|اظهر المزيد|إظهار المزيد|عرض المزيد|اقرأ المزيد|قراءة المزيد|تحميل المزيد",
    "اقرأ أيضا|إقرأ أيضا|اقرأ ايضا|طالع أيضا|شاهد أيضا|مقالات ذات صلة|مواضيع ذات صلة",
    "أخبار ذات صلة|قد يعجبك أيضا|اخترنا لكم|شارك هذا المقال|شارك هذا الموضوع|شارك الخبر",
    "شارك على فيسبوك|شارك على تويتر|مشاركة عبر البريد|مشاركة عبر البريد الإلكتروني|إعلان",
    "إعلان ممول|مادة إعلانية|اترك تعليقا|أضف تعليقا|تخطي إلى المحتوى|تخطى إلى المحتوى",
    "انتقل إلى المحتوى|اشترك في النشرة البريدية|اشترك في نشرتنا|قبول ملفات تعريف الارتباط",
    "back to top|scroll to top|go to top|return to top|show more|load more|read more|see more",
    "continue reading|skip to content|skip to main content|share this|share this article",
    "share this post|share on facebook|share on twitter|advertisement|sponsored content",
    "read also|also read|see also|related articles|related posts|related news|related topics",
    "you may also like|you might also like|more on this story|recommended for you",
    "leave a comment|leave a reply|subscribe to our newsletter|sign up for our newsletter",
    "accept cookies|accept all cookies|reject all cookies|cookie settings|print this page",
    "بازگشت به بالا|رفتن به بالا|برو بالا|بیشتر بخوانید|ادامه مطلب|مطالب مرتبط|اخبار مرتبط",
    "اشتراک گذاری|نمایش بیشتر|گەڕانەوە بۆ سەرەوە|بڕۆ بۆ سەرەوە|زیاتر بخوێنەوە|زیاتر ببینە",
    "زیاتر نیشان بدە|بابەتی پەیوەندیدار|هەواڵی پەیوەندیدار|هاوبەشی پێ بکە|بڵاوی بکەرەوە",
    "vegere jor|biçe jor|here jor|zêdetir bixwîne|bêtir bixwîne|zêdetir nîşan bide",
    "bêtir nîşan bide|parve bike|nûçeyên têkildar|nûçeyên peywendîdar",
    "yukarı çık|başa dön|sayfa başına dön|devamını oku|daha fazla göster|ilgili haberler",
    "bunlar da ilginizi çekebilir|haut de page|retour en haut|lire la suite|lire aussi|voir plus",
    "afficher plus|articles similaires|à lire aussi|partager cet article|nach oben|mehr anzeigen",
    "mehr lesen|weiterlesen|zum seitenanfang|artikel teilen|volver arriba|leer más|ver más",
)

# Words that articles use too: they go only at the edges of a text, or in a row of labels.
EDGE = _labels(
    "إغلاق|أغلق|القائمة|بحث|بحث عن|البحث|الرئيسية|الصفحة الرئيسية|شعار|اللوغو|مشاركة|شارك|شاركها",
    "طباعة|نسخ الرابط|انسخ الرابط|فيسبوك|فيس بوك|تويتر|واتساب|تيلقرام|تلغرام|تيليجرام",
    "ماسنجر|لينكدإن|بينتيريست|يوتيوب|انستغرام|إنستغرام|تابعنا|تابعونا|اشترك|الاشتراك|تسجيل الدخول",
    "من نحن|اتصل بنا|الشريط الإخباري|شريط الأخبار|شريط إخباري|تقارير|التقارير|أخبار|الأخبار",
    "آخر الأخبار|عاجل|سياسة|السياسة|رياضة|الرياضة|اقتصاد|الاقتصاد|ثقافة|ثقافة وفن",
    "منوعات|مقالات|مقالات الرأي|آراء|رأي|تحقيقات|حوارات|فيديو|صور|محليات",
    "أخبار محلية|أخبار عالمية|العالم|المزيد|الوسوم|وسوم",
    "التعليقات|إعلانات|أهم الأخبار|الأكثر قراءة|السابق|التالي|المقال السابق|المقال التالي",
    "top|close|menu|search|home|homepage|logo|site logo|share|tweet|facebook|twitter|x|whatsapp",
    "telegram|instagram|youtube|linkedin|pinterest|reddit|messenger|email|e-mail|print|copy link",
    "follow us|subscribe|log in|login|sign in|sign up|register|about us|contact us|news|reports",
    "politics|sports|economy|opinion|culture|world|latest news|breaking news|most read",
    "video|photos|tags|comments|previous|next|previous article|next article",
    "more|ad|ads|english|arabic|kurdish|كردي|عربي|العربية|کوردی|kurdî|türkçe|français",
    "deutsch|español|فارسی|русский|کوردی سۆرانی|kurmancî|بستن|جستجو|خانه|صفحه اصلی|چاپ",
    "تبلیغات|آگهی|بستن",
    "لوگو|گزارش|خبر|اخبار|داخستن|دابخە|گەڕان|سەرەکی",
    "پەڕەی سەرەکی|چاپکردن|ڕیکلام|ڕێکلام|هەواڵ|هەواڵەکان|لۆگۆ|ڕاپۆرت|بابەت|بگره",
    "bigire|lêgerîn|destpêk|rûpela sereke|reklam|nûçe|logo|rapor|çap bike",
    "kapat|ara|ana sayfa|anasayfa|menü|paylaş|yazdır|haber|haberler|gündem|fermer",
    "recherche|accueil|partager|imprimer|publicité|actualités|schließen|suche|startseite|teilen|drucken|anzeige",
    "werbung|nachrichten|cerrar|buscar|inicio|compartir|imprimir|publicidad|noticias",
)

# Names of outlets that pages print as a stray line; a label list, not an index of the press.
OUTLETS = _labels(
    "روداو|رووداو|ڕووداو|rudaw|كوردستان 24|كردستان 24|کوردستان 24|kurdistan 24|kurdistan24",
    "نورث برس|north press|north press agency|وكالة هاوار|هاوار|anha|hawar news|ولاتي نيوز",
    "welati news|عنب بلدي|enab baladi|ديرالزور24|ديرالزور 24|دير الزور 24|deirezzor24|العربية نت",
    "al arabiya|الجزيرة|الجزيرة نت|al jazeera|aljazeera|سكاي نيوز عربية|sky news arabia",
    "رويترز|reuters|فرانس برس|afp|أسوشيتد برس|associated press|سانا|sana|شفق نيوز|shafaq news",
    "السومرية نيوز|alsumaria|الحرة|alhurra|بي بي سي|بي بي سي عربي|bbc|bbc news|bbc arabic|cnn",
    "سي إن إن|روسيا اليوم|rt arabic|سبوتنيك|sputnik|الأناضول|وكالة الأناضول|anadolu|anadolu agency",
    "الشرق الأوسط|asharq al-awsat|العربي الجديد|the new arab|القدس العربي|درعا 24|آرتا إف إم",
    "arta fm|باسنيوز|باس نيوز|basnews|کوردستان تیڤی|voa|صوت أمريكا|صوت أميركا|dw|دويتشه فيله",
    "تلفزيون سوريا|syria tv|شبكة شام|المرصد السوري|المرصد السوري لحقوق الإنسان|al monitor",
    "al-monitor|the guardian|the new york times|the washington post|إيلاف|وكالة ستيب|step news",
)
_OUTLET_WORDS = _labels(
    "نيوز|وكالة|شبكة|قناة|تلفزيون|صحيفة|جريدة|راديو|إذاعة|برس|ئاژانسی|تۆڕی|خبرگزاری|روزنامه",
    "news|agency|tv|press|radio|network|haber|ajansı|ajansa|gazetesi|nûçe|agence|nachrichten",
)


def is_outlet(line: str) -> bool:
    """Tell whether a short line names a news outlet: a known one, or by a word such as `نيوز`.

    >>> is_outlet("مثال نيوز"), is_outlet("Example News"), is_outlet("الحسكة"), is_outlet("نيوز")
    (True, True, False, False)
    """
    name = fold(line)
    words = name.split()
    return name in OUTLETS or (2 <= len(words) <= 4 and not _OUTLET_WORDS.isdisjoint(words))


def is_row_of(labels: Iterable[str], name: str) -> bool:
    """Tell whether a folded line is labels alone, glued together or with marks between them.

    >>> is_row_of({"اخبار", "تقارىر"}, fold("أخبارتقارير")), is_row_of({"home"}, "home rule")
    (True, False)
    """
    parts = [label for label in labels if len(label) > 2 and label in name]
    reached = {0}
    for start in range(len(name)):
        if start in reached:
            reached.update(start + len(part) for part in parts if name.startswith(part, start))
            if name[start] in " |/•·-–>›»:":
                reached.add(start + 1)
    return len(name) in reached
