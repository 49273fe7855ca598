/** Hours, minutes and seconds until something ends: `3:59:58`, `4:05`. @param ms Below 0: it has ended. */
export function timeLeft(ms: number): string {
	const all = Math.max(0, Math.ceil(ms / 1000));
	const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
	const two = (value: number) => `${value}`.padStart(2, "0");
	return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}
