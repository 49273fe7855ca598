/** Makes something when it is first asked for, and then keeps it. */
export function onFirstUse<T extends object>(make: () => T): () => T {
	let made: T | undefined;
	return () => {
		made ??= make();
		return made;
	};
}
