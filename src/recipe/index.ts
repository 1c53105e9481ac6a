/**
 * Recipes: named configurations as JSON, their schema and its errors, the values that follow the images, and what a reader
 * should know before a training. It knows no files but the recipes that come along, and nothing of results.
 */
export { type DataConfig, loadRecipe, type Recipe, recipeJsonSchema, recipeNames } from './recipe.ts';
