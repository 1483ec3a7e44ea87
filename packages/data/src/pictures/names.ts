/** What is read as a picture. */
const PICTURES = /\.(jpe?g|png|webp|avif|gif|tiff?)$/i;

/** Whether a file is called as pictures are. */
export function isPictureName(name: string): boolean {
  return PICTURES.test(name);
}
