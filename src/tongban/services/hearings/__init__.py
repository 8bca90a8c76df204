"""The public notice of a hearing (听证公告; 行政许可法 Arts 46, 48): announced by the unit in its own words, seen by
everybody at `/services/hearings/`, without anything about the applicant."""
