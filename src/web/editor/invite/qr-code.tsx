import { useMemo } from "preact/hooks";
import { qrPath } from "./qr-path.ts";

/** A QR code, black on white in any theme: readers need the contrast. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
	const { size, path } = useMemo(() => qrPath(text), [text]);
	return (
		<svg class="invite-qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
			<rect width={size} height={size} fill="#fff" />
			<path d={path} fill="#000" shape-rendering="crispEdges" />
		</svg>
	);
}
