/**
 * What a data set is to the rest of the program: byte images with labels, in splits, under a name that every
 * result carries. Types only; where the bytes come from is the business of the other files in this folder.
 */
export const FILE_ROLES = ['testLabels', 'trainLabels', 'testImages', 'trainImages'];
