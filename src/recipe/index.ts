/**
 * Recipes: named configurations as JSON, their schema and its errors, the values that follow the images, and what a reader
 * should know before a training. It knows no files, and nothing of results.
 */
export { type DataConfig, FOLDER_SETTINGS, type Recipe, recipeJsonSchema } from './recipe.ts';
