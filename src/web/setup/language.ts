import { useEffect, useState } from "preact/hooks";
import { en, type Texts, textsFor, zh } from "./texts.ts";

const LANGUAGE = "iottalk-language";

/** Some browsers keep a page from storing anything. */
function chosenLanguage(): string | null {
	try {
		return localStorage.getItem(LANGUAGE);
	} catch {
		return null;
	}
}

function keepLanguage(lang: string): void {
	try {
		localStorage.setItem(LANGUAGE, lang);
	} catch {
		// It holds for this visit then.
	}
}

/** Texts in the reader's language, and what switches to the other one. */
export function useLanguage(): { readonly texts: Texts; readonly switchLanguage: () => void } {
	const [texts, setTexts] = useState(() => textsFor(chosenLanguage(), navigator.language));
	useEffect(() => {
		document.documentElement.lang = texts.lang;
	}, [texts]);
	const switchLanguage = () => {
		const other = texts === en ? zh : en;
		keepLanguage(other.lang);
		setTexts(other);
	};
	return { texts, switchLanguage };
}
