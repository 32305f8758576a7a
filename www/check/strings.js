// The check page's own sentences. The words of warnings, reasons and errors come from the extension's messages.
/** @typedef {"en" | "ru" | "ar"} Language */

const en = {
  title: "Check a picture · Caveat",
  nav: "Site", navHow: "How it works", navFeed: "Demo feed",
  heading: "Check a picture",
  intro: "Is it a picture that a source already knows? The file stays on your device: this page compares it right here and sends it nowhere.",
  dropHint: "Drop a picture here, or paste one.",
  choose: "Choose a picture",
  samples: "Or try one of the demonstration pictures",
  sample: "Demonstration picture $1",
  loading: "Loading the sources…",
  ready: "Ready.",
  checking: "Comparing…",
  none: "No known match",
  noneText: "None of the sources below knows this picture. That says nothing about whether the story told with it is true.",
  tooPlain: "Too plain to compare",
  tooPlainText: "There is too little in this picture to tell it from others, so nothing was compared.",
  unreadable: "This picture could not be read",
  noAccess: "This picture could not be fetched",
  noIndex: "Nothing could be compared",
  noIndexText: "No source is loaded. See below what went wrong, and reload the page to try again.",
  original: "The original of a known picture",
  converted: "Your browser decoded this kind of file for the comparison.",
  details: "Fingerprint of the picture",
  size: "Size", pdq: "PDQ hash (quality $1)", canonical: "Caveat hash", fingerprint: "Fingerprint for an entry",
  sources: "Sources",
  sourceKey: "key $1", development: "development key: for demonstration only",
  withDemo: "Use the demonstration source too", withoutDemo: "Leave out the demonstration source",
  notPicture: "That is no picture file. Drop the picture itself, or save it first and choose the file; an address alone cannot be read here.",
  noEngine: "The part of this page that compares pictures could not be started. Reload the page; if that does not help, use a current browser.",
  preview: "The picture you chose",
};

/** @type {typeof en} */
const ru = {
  title: "Проверить картинку · Caveat",
  nav: "Сайт", navHow: "Как это работает", navFeed: "Демонстрационная лента",
  heading: "Проверить картинку",
  intro: "Знает ли эту картинку какой-нибудь источник? Файл остаётся на вашем устройстве: страница сравнивает его прямо здесь и никуда не отправляет.",
  dropHint: "Перетащите картинку сюда или вставьте её из буфера обмена.",
  choose: "Выбрать картинку",
  samples: "Или возьмите одну из демонстрационных картинок",
  sample: "Демонстрационная картинка $1",
  loading: "Загружаются источники…",
  ready: "Готово.",
  checking: "Сравниваем…",
  none: "Известных совпадений нет",
  noneText: "Ни один из источников ниже не знает этой картинки. Правдива ли история, которую с ней рассказывают, это не говорит.",
  tooPlain: "Слишком однообразна для сравнения",
  tooPlainText: "В этой картинке слишком мало деталей, чтобы отличить её от других, поэтому сравнения не было.",
  unreadable: "Эту картинку не удалось прочитать",
  noAccess: "Эту картинку не удалось получить",
  noIndex: "Сравнивать не с чем",
  noIndexText: "Ни один источник не загружен. Ниже сказано, что случилось; перезагрузите страницу, чтобы попробовать снова.",
  original: "Исходник известной картинки",
  converted: "Для сравнения этот вид файла прочитал ваш браузер.",
  details: "Отпечаток картинки",
  size: "Размер", pdq: "Хеш PDQ (качество $1)", canonical: "Хеш Caveat", fingerprint: "Отпечаток для записи",
  sources: "Источники",
  sourceKey: "ключ $1", development: "ключ разработки: только для демонстрации",
  withDemo: "Добавить демонстрационный источник", withoutDemo: "Убрать демонстрационный источник",
  notPicture: "Это не файл с картинкой. Перетащите саму картинку или сначала сохраните её и выберите файл: один адрес здесь прочитать нельзя.",
  noEngine: "Не удалось запустить часть страницы, которая сравнивает картинки. Перезагрузите страницу; если не поможет, откройте её в современном браузере.",
  preview: "Выбранная картинка",
};

/** @type {typeof en} */
const ar = {
  title: "افحص صورة · Caveat",
  nav: "الموقع", navHow: "كيف يعمل", navFeed: "صفحة العرض",
  heading: "افحص صورة",
  intro: "هل يعرف أحد المصادر هذه الصورة؟ يبقى الملف على جهازك: تقارنه هذه الصفحة هنا ولا ترسله إلى أي مكان.",
  dropHint: "أفلت صورة هنا أو ألصقها.",
  choose: "اختر صورة",
  samples: "أو جرّب إحدى صور العرض",
  sample: "صورة العرض $1",
  loading: "جارٍ تحميل المصادر…",
  ready: "جاهز.",
  checking: "جارٍ المقارنة…",
  none: "لا تطابق معروف",
  noneText: "لا يعرف أي من المصادر أدناه هذه الصورة. وهذا لا يقول شيئًا عن صحة القصة المروية معها.",
  tooPlain: "أبسط من أن تُقارن",
  tooPlainText: "في هذه الصورة تفاصيل أقل من أن تميّزها عن غيرها، فلم تُقارن.",
  unreadable: "تعذرت قراءة هذه الصورة",
  noAccess: "تعذر جلب هذه الصورة",
  noIndex: "لا شيء للمقارنة",
  noIndexText: "لم يُحمّل أي مصدر. انظر أدناه إلى ما حدث، ثم أعد تحميل الصفحة للمحاولة من جديد.",
  original: "أصل صورة معروفة",
  converted: "فكّ متصفحك هذا النوع من الملفات من أجل المقارنة.",
  details: "بصمة الصورة",
  size: "الحجم", pdq: "بصمة PDQ (الجودة $1)", canonical: "بصمة Caveat", fingerprint: "بصمة لمدخل",
  sources: "المصادر",
  sourceKey: "المفتاح $1", development: "مفتاح تطوير: للعرض فقط",
  withDemo: "استخدم مصدر العرض أيضًا", withoutDemo: "اترك مصدر العرض",
  notPicture: "هذا ليس ملف صورة. أفلت الصورة نفسها، أو احفظها أولًا ثم اختر الملف؛ لا يمكن قراءة عنوان وحده هنا.",
  noEngine: "تعذر تشغيل الجزء الذي يقارن الصور في هذه الصفحة. أعد تحميلها، وإن لم ينفع ذلك فاستخدم متصفحًا حديثًا.",
  preview: "الصورة التي اخترتها",
};

const all = { en, ru, ar };

/**
 * The first language that both the reader and this page know.
 * @param {readonly string[]} wanted
 * @returns {Language}
 */
export function choose(wanted) {
  for (const each of wanted) {
    const found = /** @type {Language[]} */ (["en", "ru", "ar"]).find((language) => each.toLowerCase().split("-")[0] === language);
    if (found) return found;
  }
  return "en";
}

/**
 * @param {Language} language
 * @returns {Record<keyof typeof en, string>}
 */
export const pageStrings = (language) => all[language];

/**
 * The extension's messages, as plain texts; an empty record when they cannot be had, so that the page still works.
 * @param {Language} language
 * @returns {Promise<Record<string, string>>}
 */
export async function messages(language) {
  try {
    const response = await fetch(new URL(`../_locales/${language}/messages.json`, import.meta.url));
    if (!response.ok) return {};
    /** @type {Record<string, {message: string}>} */
    const found = await response.json();
    return Object.fromEntries(Object.entries(found).map(([key, { message }]) => [key, message]));
  } catch {
    return {};
  }
}
