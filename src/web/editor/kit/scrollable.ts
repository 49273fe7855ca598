/** Attributes of what scrolls: arrow keys scroll what has the focus. */
export const SCROLLABLE = { tabIndex: 0 };
