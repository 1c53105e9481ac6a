/** Drawings for the view Try, as its address has them. */

export const THREE = 'UkQAbbLbkkLbrbSSpJZJgAdtpJiSttpJpJySgA1tUkyS';
export const ASTERISK = 'JJJJ2222.22JJJJ22.gAJJgA22.JJgA22gA';
