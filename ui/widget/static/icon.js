// Dalil's sign, two lines of text and a marked one, drawn so that no image has to be loaded.

const NAMESPACE = "http://www.w3.org/2000/svg";

/** Make the sign in the colour of the text around it. */
export function icon() {
  const svg = document.createElementNS(NAMESPACE, "svg");
  svg.setAttribute("viewBox", "0 0 32 32");
  svg.setAttribute("aria-hidden", "true");
  for (const [shape, width] of [["M6 7h20M6 14h13", 3], ["M7 23h18", 8]]) {
    const path = svg.appendChild(document.createElementNS(NAMESPACE, "path"));
    path.setAttribute("d", shape);
    path.setAttribute("stroke-width", width);
  }
  return svg;
}
