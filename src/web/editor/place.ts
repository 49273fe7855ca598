import { signal } from "@preact/signals";
import { hashOf, type Place, placeOf } from "./routes.ts";

/** Where the reader is; follows the address. */
export interface Navigation {
	readonly place: { readonly value: Place };
	/** Goes there; `replace` leaves no step for the browser's way back. */
	go(place: Place, how?: "push" | "replace"): void;
}

/** Follows the fragment of the address. */
export function navigation(): Navigation {
	const place = signal(placeOf(location.hash));
	addEventListener("hashchange", () => {
		place.value = placeOf(location.hash);
	});
	return {
		place,
		go: (next, how = "push") => {
			const hash = hashOf(next);
			if (how === "replace") {
				history.replaceState(null, "", hash);
				place.value = next;
			} else location.hash = hash;
		},
	};
}
