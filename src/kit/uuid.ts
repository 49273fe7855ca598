/** A UUID of any version in lowercase, for schemas. */
export const UUID_PATTERN = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$";

const UUID = new RegExp(UUID_PATTERN);

/** Whether a text is a UUID of any version in lowercase. */
export function isUuid(text: string): boolean {
	return UUID.test(text);
}
